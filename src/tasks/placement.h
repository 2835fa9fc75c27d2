// Puts waiting tasks onto their engine, first come first served.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/keyed_pool.h"
#include "tasks/catalogue.h"
#include "tasks/prepare.h"
#include "tasks/queue.h"
#include "tasks/state_changes.h"

namespace cloudbrain {

// Safe from any thread. One engine's tasks are started one after another, so the order holds; a
// task that does not fit holds back those behind it.
class Placement {
 public:
  // `wake` is called after a task's row has changed.
  Placement(KeyedPool& pool, const Catalogue& catalogue, Preparer& preparer, StateChanges& changes,
            const Clock& clock, std::function<void(TaskId)> wake);

  void enqueue(TaskId task, const std::string& engine);
  void remove(TaskId task);
  // Something became free, or it is time to try again.
  void place(const std::string& engine);
  void place_all();
  // How many of the engine's tasks go before it.
  int ahead_of(TaskId task, const std::string& engine);
  bool anyone_waits();

 private:
  struct Line {
    WaitingLine waiting;
    bool placing = false;  // a job is under way
    bool again = false;    // and has to look once more
  };

  void place_now(const std::string& engine);
  // False: no room.
  bool start(const std::string& engine, TaskId id);
  void started(Engine& engine, Task task, const Handle& handle);
  std::optional<TaskId> front(const std::string& engine);

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
