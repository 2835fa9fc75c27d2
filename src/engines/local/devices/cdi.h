// Accelerators as their vendors describe them: files of the Container Device Interface
// (https://github.com/cncf-tags/container-device-interface, SPEC.md, versions 0.3 to 1.1), JSON or
// YAML, for instance from `nvidia-ctk cdi generate`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "engines/local/device_edits.h"

namespace cloudbrain {

struct CdiDevice {
  std::string kind;                                // "nvidia.com/gpu"
  std::string name;                                // "0"
  DeviceEdits edits;                               // the file's own first, then the device's
  std::vector<std::string> own_nodes;              // targets that not every device of the file has
  std::map<std::string, std::string> annotations;  // the file's and the device's

  std::string full_name() const { return kind + "=" + name; }
};

struct CdiDevices {
  // One for each thing that can be given out: of several names of one thing ("0" and "GPU-5e…") the
  // plainest, and none that stands for several others ("all").
  std::vector<CdiDevice> devices;
  std::vector<Text> problems;  // files that can't be used, and why
};

// Reads *.json, *.yaml and *.yml of the directories, in their order: a device of a later one goes
// over its namesake of an earlier one; one that two files of the same directory name is in neither
// (as the specification has it). A missing directory is an empty one. Throws nothing.
CdiDevices read_cdi(const std::vector<fs::path>& directories);

// One file's text. Throws Error invalid ("cdi_file") with what is wrong.
std::vector<CdiDevice> parse_cdi(std::string_view text, bool yaml);

}  // namespace cloudbrain
