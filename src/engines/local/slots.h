// The machine's resources as numbers: what is there, what is taken. No I/O.
// An accelerator is known by its name, which outlives restarts of the server and of the machine.
#pragma once

#include <cstdint>
#include <map>
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
  std::vector<std::string> devices;  // names of accelerators
  TaskId task;
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

  // What a share's owner gets for its accelerators.
  DeviceEdits edits(const Share& share) const;

  // The machine has other accelerators now, or knows more of them. What is taken stays taken, also
  // where it is not there any more.
  void update(std::vector<AcceleratorGroup> accelerators);

 private:
  const AcceleratorGroup* group(const Launch& launch) const;

  Machine machine_;
  double cpus_taken_ = 0;
  std::int64_t memory_taken_ = 0;
  std::map<std::string, TaskId> devices_taken_;  // by name
};

}  // namespace cloudbrain
