// Where a waiting task stands, and what would change that. Pure: no I/O, no clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tasks/queue/queue_plan.h"

namespace cloudbrain {

// One engine's queue at a moment.
struct QueueView {
  std::vector<Waiting> waiting;  // by task id
  std::vector<Holding> holdings;
  std::vector<MachineRoom> machines;
  TimePoint now;

  Room total() const;  // of all machines
};

// What is asked for and not free on the machine that has most of it.
struct Shortage {
  std::string resource;  // "cpu", "memory", or the accelerator's type
  double wanted = 0;     // cores, bytes, devices
  double free = 0;
};

struct Standing {
  int ahead = 0;                   // tasks that go before it
  std::vector<Shortage> short_of;  // empty: what it asks for is free, but those before it go first
  std::vector<TaskEnd> waits_for;  // running tasks whose end makes room for it, soonest first
  std::optional<TimePoint> start_by;   // at the latest; empty where that can't be told
  std::vector<std::string> startable;  // specs with which it would start now
};

// `task` waits in `view`, or would: it is counted in where it is not there yet. `others`: specs
// that it could have asked for.
Standing standing_of(QueueView view, const Waiting& task,
                     const std::vector<std::pair<std::string, Demand>>& others);

}  // namespace cloudbrain
