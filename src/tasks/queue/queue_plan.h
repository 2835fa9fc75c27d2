// Who starts now, and on which machine: first come first served in queue_order(), with backfill
// that never delays the one in front (EASY: Lifka, JSSPP 1995). Pure: no I/O, no clock.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tasks/queue/queue_order.h"

namespace cloudbrain {

struct PlannedStart {
  TaskId task;
  std::size_t machine = 0;  // index
};

// When, at the latest, a running task gives back what it has.
struct TaskEnd {
  TaskId task;
  TimePoint by;
};

// What is kept for the first one that has no room now.
struct Reservation {
  TaskId task;
  // Where it will be, and when at the latest. Empty where nothing that is known to end makes room:
  // then no machine that could have it takes anyone else.
  std::optional<std::size_t> machine;
  std::optional<TimePoint> at;
  std::vector<TaskEnd> waits_for;  // those on the machine whose end makes the room, soonest first
};

struct QueuePlan {
  std::vector<PlannedStart> starts;  // in this order
  std::optional<Reservation> front;
};

// `order`: who waits, first first. One that fits on no machine even when it is empty is passed
// over. A pass over 100,000 that wait and 1,000 machines takes some tens of milliseconds.
QueuePlan plan_queue(std::span<const Waiting* const> order, std::vector<MachineRoom> machines,
                     std::span<const Holding> holdings, TimePoint now);

// When, at the latest, the last of `order` starts: as if all that runs and waits before it took as
// long as it may. Empty where that can't be told. Costs one plan for every end until then.
std::optional<TimePoint> latest_start(std::span<const Waiting* const> order,
                                      std::vector<MachineRoom> machines,
                                      std::vector<Holding> holdings, TimePoint now);

}  // namespace cloudbrain
