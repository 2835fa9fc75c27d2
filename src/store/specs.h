// Resource specs that the administrator made by the API.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "domain/spec.h"
#include "store/database.h"

namespace cloudbrain::store {

struct StoredSpec {
  std::string name;
  std::optional<Spec> value;  // empty: a default of this name was withdrawn
  TimePoint changed_at;
};
BOOST_DESCRIBE_STRUCT(StoredSpec, (), (name, value, changed_at))

class Specs {
 public:
  explicit Specs(Database& database) : database_(database) {}

  std::vector<StoredSpec> list() const;  // by name
  // Makes or replaces.
  void put(const StoredSpec& spec);
  void remove(const std::string& name);

  // Names of the tasks that have not ended and were submitted with it, at most a few.
  std::vector<std::string> users(const std::string& name) const;

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
