// Who waits, in order: first submitted, first served. A task that is not ready yet holds nobody up:
// it takes its place once it is. Memory only; the rows say the same after a restart.
#pragma once

#include <iterator>
#include <optional>
#include <set>

#include "base/ids.h"

namespace cloudbrain {

// One engine's waiting line: ids grow with every submit. Not thread-safe: its owner locks.
class WaitingLine {
 public:
  void add(TaskId task) { line_.insert(task); }
  void remove(TaskId task) { line_.erase(task); }

  std::optional<TaskId> front() const {
    if (line_.empty()) return std::nullopt;
    return *line_.begin();
  }

  // How many are ahead of its place, whether it has taken that place yet or not. Linear in that
  // number.
  int ahead_of(TaskId task) const {
    return static_cast<int>(std::distance(line_.begin(), line_.lower_bound(task)));
  }

  std::size_t size() const { return line_.size(); }

 private:
  std::set<TaskId> line_;
};

}  // namespace cloudbrain
