// What a task keeps on disk, measured now and then: file systems that could count it for us need
// mount options that nobody has.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace cloudbrain::runner {

// Everything below the directories, and files of the cgroup's processes that have no name any more.
// A look costs a statvfs as long as the file system has not lost more room since the last count
// than the task had left; a count costs a walk, and takes at most a twentieth of the time. So a
// task that writes as fast as the disk can is found out within a second or so, not at the byte; a
// single file stops at the byte (RLIMIT_FSIZE, command.cpp).
class DiskUse {
 public:
  using Clock = std::chrono::steady_clock;

  // No limit: it never looks.
  DiskUse(std::vector<std::string> directories, std::vector<std::string> cgroups,
          std::int64_t limit_bytes);

  // When to call exceeded(); Clock::time_point::max(): never.
  Clock::time_point next() const { return next_; }
  bool exceeded();
  // Once nothing of the task runs any more: removes files from the newest on until the rest is
  // within the limit, as if writing had failed there. True where there were such files.
  bool trim() const;

 private:
  std::int64_t room() const;
  std::int64_t count() const;

  std::vector<std::string> directories_;
  std::vector<std::string> cgroups_;
  std::int64_t limit_;
  std::int64_t left_ = 0;           // what the last count left of the limit
  std::int64_t room_at_count_ = 0;  // free on the file system then
  Clock::time_point next_ = Clock::time_point::max();
  Clock::time_point count_again_;   // not before, for it was long
  Clock::time_point count_anyway_;  // others may have made the room that this one took
};

}  // namespace cloudbrain::runner
