// A task's log and state as server-sent events.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "api/services.h"
#include "http/source.h"
#include "tasks/log/task_log.h"

namespace cloudbrain::api {

// Events: `log` {"offset", "text"} with the offset after it as id, `state` with the task, and `end`
// once the task has ended and all of its log was sent. Costs no thread while nothing happens.
class LogStream final : public http::Source {
 public:
  LogStream(const Services& services, const Task& task, std::int64_t offset, bool chinese);

  void on_ready(std::function<void()> wake) override;
  Step read(std::string& out) override;

 private:
  // True once the task is final.
  bool append_state(std::string& out);

  const Services& services_;
  const TaskId task_;
  const bool chinese_;
  LogFollower follower_;
  std::atomic<bool> state_changed_{true};
  bool final_ = false;
  // Last: its callback uses what is above.
  TaskFeed::Subscription subscription_;
};

}  // namespace cloudbrain::api
