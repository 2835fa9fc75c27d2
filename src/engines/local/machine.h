// What this machine has to sell, read from plain files and the drivers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "engines/local/device_edits.h"

namespace cloudbrain {

struct AcceleratorDevice {
  int index = 0;                  // the driver's, as "/dev/nvidia0" has it
  std::string name;               // stable across restarts: "nvidia.com/gpu=0" (CDI), or the node
  std::int64_t memory_bytes = 0;  // 0: not known
  Text problem;                   // why it can't be used; empty: healthy
  DeviceEdits edits;              // with what all users of its kind need
};

// All devices of one type.
struct AcceleratorGroup {
  std::string compute;  // "gpu", "npu", …
  std::string type;     // "V100", "Ascend-910"
  std::vector<AcceleratorDevice> devices;
};

struct Machine {
  int cpus = 1;
  std::int64_t memory_bytes = 0;
  std::vector<AcceleratorGroup> accelerators;
  std::vector<Text> problems;  // with the files that describe accelerators, for a person to mend
};

// Where to look. `root` is "/" but in tests.
struct MachineSources {
  fs::path root = "/";
  // Directories of CDI files, below `root`; a later one goes over an earlier one.
  std::vector<fs::path> cdi{"/etc/cdi", "/var/run/cdi"};
};

// Cores are those this process may run on; memory is the machine's, or less where this process' own
// cgroup allows less. Accelerators come from CDI files, and from the nodes of NVIDIA's and Huawei's
// drivers where no CDI file names them. Never throws for what the machine says.
Machine detect_machine(const MachineSources& sources = {});

}  // namespace cloudbrain
