// Where on this machine tasks' cgroups can be made: v1, v2 and mixed machines, containers, none.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace cloudbrain {

// A cgroup hierarchy with a controller that we use, and this process' own place in it.
struct CgroupHierarchy {
  bool v2 = false;
  std::set<std::string> controllers;  // of cpu, cpuacct, devices, memory, pids
  fs::path mount;
  fs::path own;  // below `mount`

  bool operator==(const CgroupHierarchy&) const = default;
};

// From the text of /proc/self/cgroup and /proc/self/mountinfo (cgroups(7), proc(5)). A v2 hierarchy
// comes without controllers: which it has is told by a file.
std::vector<CgroupHierarchy> parse_hierarchies(std::string_view self_cgroup,
                                               std::string_view mountinfo);

// The directories below which tasks get their own, one per hierarchy.
class CgroupPlaces {
 public:
  // Makes the directories where that can be done; never throws for what this machine refuses.
  // `name` tells servers on one machine apart and stays the same across restarts.
  explicit CgroupPlaces(std::string name);
  // Removes the directories, unless tasks still live below.
  ~CgroupPlaces();
  CgroupPlaces(const CgroupPlaces&) = delete;
  CgroupPlaces& operator=(const CgroupPlaces&) = delete;

  // The directories of one task's cgroup. Empty: nothing can be limited.
  std::vector<std::string> directories(const std::string& task) const;
  // Names of what is there now, in any hierarchy.
  std::set<std::string> children() const;
  // What can be limited or counted: of cpu, cpuacct, devices (version 1 alone), memory, pids.
  const std::set<std::string>& controllers() const { return controllers_; }

 private:
  bool prepare(const CgroupHierarchy& hierarchy);
  bool prepare_v2(const CgroupHierarchy& hierarchy);

  const std::string name_;
  std::vector<fs::path> places_;
  std::set<std::string> controllers_;
};

}  // namespace cloudbrain
