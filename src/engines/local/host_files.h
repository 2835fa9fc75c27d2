// Files made once per machine that every sandbox of the host image is built from.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/files.h"
#include "engines/local/task_user.h"

namespace cloudbrain {

// /etc as a task sees it, and the compiled system call filter, below a directory of our own. Safe
// from any thread.
//
// Why copies: each bind mount of a sandbox costs 0.17 ms at every start, and a task needs some 20
// files of /etc; so there is one directory with those 20 files in it, and one mount. What it is
// copied from is looked at before each start (a stat each), so an update of the host is followed.
// The first copy takes some 100 ms and is made on a thread of its own, so that a server is up at
// once.
class HostFiles {
 public:
  static constexpr std::string_view kNothing = ".nothing";  // an empty file in etc()

  HostFiles(fs::path directory, TaskUser user);

  // The directory to mount as /etc, up to date.
  fs::path etc();
  const fs::path& seccomp() const { return seccomp_; }

 private:
  std::string signature() const;
  void make_etc(const fs::path& target) const;

  const fs::path directory_;
  const TaskUser user_;
  const fs::path seccomp_;
  const std::vector<fs::path> shown_;  // beneath /etc
  std::mutex mutex_;
  std::string signature_of_etc_;
  fs::path etc_;
  std::jthread first_copy_;
};

}  // namespace cloudbrain
