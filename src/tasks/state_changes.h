// The one door through which a task changes its state: checked against the state machine, guarded
// by the row's revision, written with its event, told to who follows the task.
#pragma once

#include "base/clock.h"
#include "base/metrics.h"
#include "domain/task.h"
#include "store/tasks.h"
#include "tasks/decide.h"
#include "tasks/task_feed.h"

namespace cloudbrain {

// Safe from any thread.
class StateChanges {
 public:
  StateChanges(store::Database& database, TaskFeed& feed, Metrics& metrics, const Clock& clock)
      : tasks_(database), feed_(feed), metrics_(metrics), clock_(clock) {}

  // Writes `task` (as loaded, with any other members changed) in its new state. False: the row was
  // changed meanwhile; load it again. Throws Error internal for a transition that is not allowed.
  // On success `task` is as stored.
  bool become(Task& task, const Become& become);

  store::Tasks& tasks() { return tasks_; }

 private:
  store::Tasks tasks_;
  TaskFeed& feed_;
  Metrics& metrics_;
  const Clock& clock_;
};

}  // namespace cloudbrain
