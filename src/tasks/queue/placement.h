// Puts waiting tasks onto their engine in the queue's order, and tells each where it stands.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/keyed_pool.h"
#include "tasks/catalogue.h"
#include "tasks/prepare.h"
#include "tasks/queue/queue_plan.h"
#include "tasks/queue/standing.h"
#include "tasks/state_changes.h"

namespace cloudbrain {

// Safe from any thread. One engine's tasks are started one after another, so the order holds.
// Memory only: after a restart the conductor says again who waits and who runs.
class Placement {
 public:
  // `wake` is called after a task's row has changed.
  Placement(KeyedPool& pool, const Catalogue& catalogue, Preparer& preparer, StateChanges& changes,
            const Clock& clock, std::function<void(TaskId)> wake);

  // A task that is about to wait takes its place, so that nobody sees it wait in no line; it is
  // started after `enqueue`.
  void reserve(const Task& task, const std::string& engine);
  // A task that waits takes its place; one that is there already gets its priority as it is now.
  void enqueue(const Task& task, const std::string& engine);
  // A task that runs counts toward its person's share until it is removed.
  void note_running(const Task& task, const std::string& engine);
  void remove(TaskId task);
  // Something became free, or it is time to try again.
  void place(const std::string& engine);
  void place_all();
  bool anyone_waits();

  // Who waits, in the order of their turn.
  std::vector<TaskId> order(const std::string& engine);
  // Of a task that waits, as it is at this moment. Asks the engine for what is free.
  Standing standing(const Task& task, const std::string& engine);

 private:
  struct Line {
    std::map<TaskId, Waiting> waiting;
    std::map<TaskId, Holding> holding;
    bool placing = false;  // a job is under way
    bool again = false;    // and has to look once more
  };

  Waiting waiting_of(const Task& task) const;
  Holding holding_of(const Task& task) const;
  QueueView view(const std::string& engine);
  void leave_line(TaskId task);
  void place_now(const std::string& engine);
  void place_once(const std::string& engine);
  // False: no room.
  bool start(const std::string& engine, TaskId id);
  void started(Engine& engine, Task task, const Handle& handle);

  KeyedPool& pool_;
  const Catalogue& catalogue_;
  Preparer& preparer_;
  StateChanges& changes_;
  const Clock& clock_;
  std::function<void(TaskId)> wake_;
  std::mutex mutex_;
  std::map<std::string, Line> lines_;
};

}  // namespace cloudbrain
