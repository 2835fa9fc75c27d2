// Tells who wants to know that a task has changed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "base/ids.h"

namespace cloudbrain {

// Safe from any thread. Outlives every Subscription it gave.
class TaskFeed {
 public:
  // Ends when destroyed; after that its callback is not running and never will.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept
        : feed_(std::exchange(other.feed_, nullptr)), id_(other.id_) {}
    Subscription& operator=(Subscription&& other) noexcept {
      std::swap(feed_, other.feed_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Subscription() {
      if (feed_ != nullptr) feed_->remove(id_);
    }

   private:
    friend class TaskFeed;
    Subscription(TaskFeed* feed, std::uint64_t id) : feed_(feed), id_(id) {}
    TaskFeed* feed_ = nullptr;
    std::uint64_t id_ = 0;
  };

  // `changed` is called from the thread that changed the task, under a lock: quick, no call back
  // into the feed.
  Subscription subscribe(TaskId task, std::function<void()> changed) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t id = ++last_id_;
    tasks_[id] = task;
    callbacks_.emplace(std::pair(task, id), std::move(changed));
    return {this, id};
  }

  void changed(TaskId task) {
    const std::lock_guard lock(mutex_);
    for (auto at = callbacks_.lower_bound({task, 0});
         at != callbacks_.end() && at->first.first == task; ++at) {
      at->second();
    }
  }

 private:
  void remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto task = tasks_.find(id);
    callbacks_.erase({task->second, id});
    tasks_.erase(task);
  }

  std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, TaskId> tasks_;
  std::map<std::pair<TaskId, std::uint64_t>, std::function<void()>> callbacks_;
};

}  // namespace cloudbrain
