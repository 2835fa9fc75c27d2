// The process the runner watches: it begins as a fork of the runner, joins the task's cgroup, and
// then becomes the orders' command.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/files.h"
#include "engines/cgroup.h"

namespace cloudbrain::runner {

inline constexpr std::chrono::seconds kRemovePatience{2};  // for the last processes of a cgroup

// KILL to every child of this process. What they leave behind becomes our child in turn (we are its
// subreaper), so this is done again after each end, until nobody is left. It needs no PID namespace
// and no cgroup, and a child's number can't pass to another process before we have waited for it.
void kill_children();

// Not copyable; one thread. Dies with the runner, whatever happens.
class Command {
 public:
  // Makes the cgroup and forks a process that moves into it and waits. This is the slow part of a
  // start, and it needs no orders: a spare runner has it behind it when its orders come.
  static std::optional<Command> prepare(Cgroup cgroup);

  Command(Command&&) = default;
  Command& operator=(Command&&) = default;

  // Lets it become the command that launch.json in `directory` tells.
  void go(const std::string& directory) const;

  pid_t pid() const { return pid_; }
  const Cgroup& cgroup() const { return cgroup_; }
  const std::string& cgroup_problem() const { return cgroup_problem_; }
  int output() const { return output_.get(); }    // both streams of the command
  int control() const { return control_.get(); }  // control.h
  // Ends it where it never got its orders, and removes its cgroup.
  void discard() const;

 private:
  Command(pid_t pid, Cgroup cgroup, std::string problem, Fd output, Fd control);

  pid_t pid_;
  Cgroup cgroup_;
  std::string cgroup_problem_;
  Fd output_;
  Fd control_;
};

}  // namespace cloudbrain::runner
