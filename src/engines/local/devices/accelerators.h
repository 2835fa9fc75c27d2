// All accelerators of a machine, from CDI files and from the nodes of known drivers.
#pragma once

#include <string>
#include <vector>

#include "engines/local/machine.h"

namespace cloudbrain {

struct Accelerators {
  std::vector<AcceleratorGroup> groups;  // devices of a group in the order of their index
  std::vector<Text> problems;
};

// A device that a CDI file names comes from there alone. Its compute resource is the class of its
// kind ("nvidia.com/gpu": gpu). Its type is the driver's model where that is known, else the CDI
// annotation <anything>/type or /model, else the vendor ("fake.example/gpu": fake); its memory the
// driver's, else the annotation <anything>/memory ("32GB"). A device without its nodes is not
// healthy.
Accelerators find_accelerators(const MachineSources& sources);

// What a task of these devices gets: all their edits, and the variables by which frameworks choose:
// CUDA_VISIBLE_DEVICES (gpu), ASCEND_VISIBLE_DEVICES and ASCEND_RT_VISIBLE_DEVICES (npu), and
// CLOUDBRAIN_ACCELERATORS with the names. No other device has a node inside, so CUDA counts those
// that are there from 0; Ascend's nodes keep their numbers. What a CDI file says of such a variable
// goes before.
DeviceEdits edits_for(const AcceleratorGroup& group, const std::vector<std::string>& names);

}  // namespace cloudbrain
