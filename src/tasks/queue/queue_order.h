// In which order those who wait are served.
#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "tasks/queue/demand.h"

namespace cloudbrain {

// A task that is ready and has no resources yet.
struct Waiting {
  TaskId task;
  UserId person;
  int priority = 0;  // the administrator's: a higher one goes first
  Demand demand;
  std::chrono::seconds longest{0};  // it is ended after so long
  TimePoint since;                  // of its submit
};

// A task that has its resources.
struct Holding {
  TaskId task;
  UserId person;
  Demand demand;
  TimePoint ends_by;        // at the latest
  std::size_t machine = 0;  // index
};

// A person who waits this much longer goes before one who holds a whole cluster's share less. It
// is what ends every wait: newcomers with less than others go first, but not for ever.
constexpr std::chrono::hours kShareOfPatience{24};

// First those of a higher priority; then whose person holds the smaller share of `total`, counting
// their own tasks that go before it, less the patience already shown; then the first submitted. So
// one person's tasks go in the order of their submit, and so do the first ones of people who hold
// nothing. `waiting` is in the order of the task ids.
std::vector<const Waiting*> queue_order(std::span<const Waiting> waiting,
                                        std::span<const Holding> holdings, const Room& total,
                                        TimePoint now);

}  // namespace cloudbrain
