// What a task's root file system is given for the accelerators that it holds, as plain data: the
// container edits of the Container Device Interface (CDI specification, "containerEdits"), read
// from a CDI file or made up for a device that has none. Both sandboxes are made of it:
// bubblewrap's arguments (sandbox.h) and an OCI runtime's config.json.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "domain/launch.h"

namespace cloudbrain {

// A device of the machine at a path inside. Type and number are the machine's at the moment of the
// start (stat of `source`): what a CDI file says of them may be older than the last reboot.
struct DeviceNode {
  std::string source;  // absolute path on the machine: "/dev/nvidia0"
  std::string target;  // absolute path inside; mostly the same
  std::string permissions =
      "rw";  // for the device cgroup: of r, w, m; bubblewrap has no such thing

  bool operator==(const DeviceNode&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceNode, (), (source, target, permissions))

// A program of the machine that an OCI runtime calls while it makes a container ("hooks" of the
// runtime specification). bubblewrap calls none: docs/decisions/016-accelerators.md says what
// stands in for those of NVIDIA.
struct DeviceHook {
  std::string name;  // "createContainer", …
  std::string path;
  std::vector<std::string> args;  // args[0] is the program's name, as the specification has it
  std::vector<std::string> env;   // "NAME=value"

  bool operator==(const DeviceHook&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceHook, (), (name, path, args, env))

struct DeviceEdits {
  std::vector<DeviceNode> nodes;
  std::vector<Mount> mounts;  // files and directories of the machine: drivers' libraries, sockets
  // Goes over the image's and beneath the script's contract; a list of visible devices is in here
  // as well (NVIDIA_VISIBLE_DEVICES, CUDA_VISIBLE_DEVICES, ASCEND_VISIBLE_DEVICES).
  std::map<std::string, std::string> environment;
  std::vector<DeviceHook> hooks;
  std::vector<unsigned> groups;  // supplementary groups that the nodes ask for; never 0

  bool empty() const {
    return nodes.empty() && mounts.empty() && environment.empty() && hooks.empty();
  }
  bool operator==(const DeviceEdits&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceEdits, (), (nodes, mounts, environment, hooks, groups))

// `more` comes after what is there: its variables win, and what is there twice is there once.
void add_edits(DeviceEdits& edits, const DeviceEdits& more);

}  // namespace cloudbrain
