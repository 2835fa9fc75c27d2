// What to do next about a task: a pure function of the task, what its engine says, and what its
// preparation says. No I/O, no clock, no threads; the conductor carries the decision out.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "domain/task.h"
#include "engines/engine.h"

namespace cloudbrain {

// How far the preparation of a task has come, as the conductor last heard.
struct Preparation {
  enum class Step {
    not_asked,  // nobody works at it
    working,    // a job is under way
    held,       // waits for something it will be woken for (a data set that unpacks)
    done,
    failed,
  };
  Step step = Step::not_asked;
  Reason reason;  // for held and failed
};

// Nothing to do until something changes.
struct Nothing {};
// Make the task ready (in the background).
struct Prepare {};
// Put it into its engine's queue.
struct Enqueue {};
// Ask the engine what became of the attempt.
struct Look {};
// Pass the stop on to the engine.
struct PassStop {};
// Change the row.
struct Become {
  TaskState state = TaskState::FAILED;
  std::optional<Reason> reason;
  std::optional<int> exit_code;
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> ended_at;
};

using Decision = std::variant<Nothing, Prepare, Enqueue, Look, PassStop, Become>;

// `report` is absent until the engine has been asked since the last change. A report of another
// attempt is ignored (fencing).
Decision decide(const Task& task, const Preparation& preparation,
                const std::optional<Report>& report, TimePoint now);

}  // namespace cloudbrain
