// One task's cgroup: what limits it, counts what it uses, and finds every process of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/launch.h"

namespace cloudbrain {

// A directory in each hierarchy of the machine that has something to offer: one on a machine with
// cgroup v2, several with v1 or where both are mixed. Which controller a directory has is told by
// the files in it, so nothing here needs to know the version.
//
// Linked by the runner, whose memory is counted in kilobytes: no fmt, no exceptions. One owner.
class Cgroup {
 public:
  Cgroup() = default;
  // Absolute directories, as in RunnerOrders::cgroups. They are not removed by the destructor: they
  // belong to the task, not to this object.
  explicit Cgroup(std::vector<std::string> directories);

  const std::vector<std::string>& directories() const { return directories_; }

  // Each of these does all it can and gives what it could not do, one line; empty: all is well.
  std::string make() const;
  std::string limit(const Limits& limits) const;
  // Lets its processes open these devices alone, as devices.allow has them. Nothing where there is
  // no such hierarchy (version 2, or a machine that keeps it from us), or no rule.
  void allow_devices(const std::vector<std::string>& rules) const;
  // Moves the calling process here. The first move after a pause costs 6-19 ms on cgroup v1 and v2
  // alike: the kernel waits for an RCU grace period.
  std::string join() const;

  struct Usage {
    std::int64_t cpu_us = 0;
    std::int64_t memory_bytes = 0;  // without file pages that can be dropped
    std::int64_t peak_memory_bytes = 0;
    std::int64_t processes = 0;
    std::int64_t oom_kills = 0;
  };
  Usage usage() const;

  // KILL to every process, again and again until there is none, then removes the directories. False
  // where something was still there at the end of `patience`.
  bool remove(std::chrono::milliseconds patience) const;

 private:
  std::vector<std::string> directories_;
};

}  // namespace cloudbrain
