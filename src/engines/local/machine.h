// What this machine has to sell, read from plain files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"

namespace cloudbrain {

struct AcceleratorDevice {
  int index = 0;
  std::string node;  // "/dev/nvidia0"
};

// All devices of one type.
struct AcceleratorGroup {
  std::string compute;  // "gpu", "npu"
  std::string type;     // "V100", "Ascend-910"
  std::vector<AcceleratorDevice> devices;
  std::vector<std::string> shared_nodes;  // what every user of one also needs
};

struct Machine {
  int cpus = 1;
  std::int64_t memory_bytes = 0;
  std::vector<AcceleratorGroup> accelerators;
};

// `root` is "/" but in tests. Cores are those this process may run on; memory is the machine's, or
// less where this process' own cgroup allows less.
Machine detect_machine(const fs::path& root = "/");

}  // namespace cloudbrain
