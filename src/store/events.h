// The timeline of a task. Rows are only added, and go with their task.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "store/database.h"

namespace cloudbrain::store {

struct Event {
  std::int64_t id = 0;  // grows with every event of every task
  TaskId task;
  TimePoint at;
  std::string code;  // stable: submitted, prepared, started, ended, stop_requested, …
  Text message;
  boost::json::value data;  // more for programs; null where there is nothing to say
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, task, at, code, message, data))

class Events {
 public:
  explicit Events(Database& database) : database_(database) {}

  // An event beside a change of state goes with Tasks::update instead, in its transaction. Gives
  // the event's id. Throws missing "task_missing".
  std::int64_t append(const Event& event);
  // Oldest first; only those after the event `after` (0: all).
  std::vector<Event> list(TaskId task, std::int64_t after = 0) const;

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
