// The machine's resources as numbers: what is there, what is taken. No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "domain/launch.h"
#include "engines/engine.h"
#include "engines/local/machine.h"

namespace cloudbrain {

// What one attempt holds.
struct Share {
  double cpus = 0;
  std::int64_t memory_bytes = 0;
  std::string accelerator_type;
  std::vector<int> accelerators;  // indexes of devices
};

// Not safe from several threads: its owner's mutex guards it.
class Slots {
 public:
  explicit Slots(Machine machine);

  Offer offer() const;
  // Why `launch` can't fit even with nothing else here; nullopt where it can.
  std::optional<Text> why_impossible(const Launch& launch) const;

  // nullopt: not now.
  std::optional<Share> take(const Launch& launch);
  // For what runs already, whether it fits or not.
  void adopt(const Share& share);
  void give_back(const Share& share);

  // The nodes of /dev that a share's owner needs.
  std::vector<std::string> nodes(const Share& share) const;

 private:
  const AcceleratorGroup* group(const Launch& launch) const;

  Machine machine_;
  double cpus_taken_ = 0;
  std::int64_t memory_taken_ = 0;
  std::vector<std::pair<std::string, int>> devices_taken_;  // type, index
};

}  // namespace cloudbrain
