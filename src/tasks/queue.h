// Who waits, in order: first ready, first served. Memory only; the rows say the same after a restart.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"

namespace cloudbrain {

// One engine's waiting line. Not thread-safe: its owner locks.
class WaitingLine {
 public:
  void add(TaskId task, TimePoint ready_at) {
    if (places_.contains(task)) return;
    places_[task] = ready_at;
    line_.emplace(std::pair(ready_at, task), task);
  }

  void remove(TaskId task) {
    const auto place = places_.find(task);
    if (place == places_.end()) return;
    line_.erase({place->second, task});
    places_.erase(place);
  }

  std::optional<TaskId> front() const {
    if (line_.empty()) return std::nullopt;
    return line_.begin()->second;
  }

  // How many are ahead of it; nullopt where it does not wait. Linear in that number.
  std::optional<int> ahead_of(TaskId task) const {
    const auto place = places_.find(task);
    if (place == places_.end()) return std::nullopt;
    return static_cast<int>(std::distance(line_.begin(), line_.find({place->second, task})));
  }

  std::size_t size() const { return line_.size(); }

 private:
  std::map<std::pair<TimePoint, TaskId>, TaskId> line_;
  std::map<TaskId, TimePoint> places_;
};

}  // namespace cloudbrain
