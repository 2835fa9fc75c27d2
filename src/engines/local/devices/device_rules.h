// The device cgroup: what a task may open, whatever nodes it came by.
#pragma once

#include <string>
#include <vector>

#include "engines/local/device_edits.h"

namespace cloudbrain {

// Lines for devices.allow of cgroup v1 (kernel documentation, "Device Whitelist Controller"): the
// nodes that every sandbox has, and those of `devices` by their number at this moment. A sandbox
// has no others and can make none, so this is the second wall, not the first; a machine that has
// version 2 alone has only the first.
std::vector<std::string> device_rules(const DeviceEdits& devices);

}  // namespace cloudbrain
