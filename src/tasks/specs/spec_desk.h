// Which resource specs there are: specs.toml, or what the machine has, and over that what the
// administrator made and withdrew.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/specs.h"
#include "tasks/catalogue.h"

namespace cloudbrain {

enum class SpecSource { machine, file, administrator };
BOOST_DESCRIBE_ENUM(SpecSource, machine, file, administrator)

struct OfferedSpec {
  Spec spec;
  SpecSource source = SpecSource::machine;
};

// Keeps the catalogue's specs up to date. Safe from any thread.
class SpecDesk {
 public:
  // `file`: what specs.toml says, where there is one; the machine's own specs are not offered then.
  SpecDesk(store::Database& database, Catalogue& catalogue, std::optional<std::vector<Spec>> file,
           const Clock& clock);

  // The machine has changed.
  void refresh();

  std::vector<OfferedSpec> all() const;

  // Makes or replaces one. Throws Error invalid with a problem for each field, conflict
  // ("spec_in_file") for one that specs.toml names.
  OfferedSpec put(const Spec& spec);
  // A spec of the administrator's is gone, and the machine's of its name is back; one of the
  // machine's is withdrawn until it is put again. Throws Error missing ("spec_missing"), conflict
  // ("spec_in_file", "spec_in_use").
  void remove(const std::string& name);

 private:
  void check(const Spec& spec) const;
  void need_not_in_file(const std::string& name) const;
  std::vector<Spec> machine_specs() const;
  void refresh_locked();

  store::Specs rows_;
  Catalogue& catalogue_;
  const std::optional<std::vector<Spec>> file_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<OfferedSpec> all_;
};

}  // namespace cloudbrain
