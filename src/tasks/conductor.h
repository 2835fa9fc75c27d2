// Carries every task from its submit to its end: asks decide() what is next and does it. Nothing is
// kept that a restart would need: kill -9 at any point is a normal event.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <variant>

#include "base/clock.h"
#include "base/keyed_pool.h"
#include "store/tasks.h"
#include "tasks/catalogue.h"
#include "tasks/decide.h"
#include "tasks/log/task_log.h"
#include "tasks/prepare.h"
#include "tasks/queue/placement.h"
#include "tasks/state_changes.h"

namespace cloudbrain {

// Why a task is where it is, for GET …/explain.
struct Explanation {
  std::optional<Reason> reason;
  std::optional<Standing> standing;  // of one that waits
};

// One thread decides; a keyed pool performs one slow step per task at a time. Public functions are
// safe from any thread.
class Conductor {
 public:
  struct Parts {
    store::Database& database;
    const Catalogue& catalogue;
    Preparer& preparer;
    StateChanges& changes;
    TaskLogs& logs;
    const Clock& clock;
    fs::path tasks_root;
  };

  explicit Conductor(Parts parts);
  ~Conductor();
  Conductor(const Conductor&) = delete;
  Conductor& operator=(const Conductor&) = delete;

  // Takes up every task that has not ended, adopts what still runs, and begins to work.
  void start();

  // Something about this task may have changed.
  void wake(TaskId task);
  // A data set's content has become ready, or failed: whoever was held by it goes on.
  void wake_held_by(const std::string& sha256);

  // Asks a task to stop; the answer is durable. Gives the task as it is then, also where it was
  // stopped before. Throws Error missing ("task_missing") or conflict ("task_ended").
  Task stop(TaskId id, std::string_view user);
  // Removes an ended task with its log and results. Throws Error missing or conflict.
  void remove(TaskId id);

  Explanation explain(const Task& task);
  // Who waits, in the order of their turn, by engine. Asks each engine for what is free.
  std::map<std::string, std::vector<TaskId>> queues();

 private:
  struct Wake {
    TaskId task;
    bool engine_news = false;  // what the engine said before is old
  };
  struct Prepared {
    TaskId task;
    Preparation preparation;
    std::string held_by;  // SHA-256 of the content it waits for
  };
  struct Reported {
    Report report;
  };
  using Message = std::variant<Wake, Prepared, Reported>;

  // What is known of a task that has not ended. The conductor's thread only.
  struct Tracked {
    Preparation preparation;
    std::optional<Report> report;
    bool at_engine = false;  // RUNNING or STOPPING when last seen
  };

  void post(Message message);
  void run();
  std::deque<Message> next_messages();
  void tick();
  void handle(const Wake& wake);
  void handle(const Prepared& prepared);
  void handle(const Reported& reported);

  void consider(TaskId id);
  void act(Task& task, Tracked& tracked, const Decision& decision);
  void prepare(const Task& task);
  void look(const Task& task);
  void look_at_all(const std::string& engine);
  void pass_stop(const Task& task);
  void ended(const Task& task);
  void clean_up(const Task& task);
  void tidy();
  void recover();
  bool may_be_at_engine(const Task& task) const;
  Engine& engine_of(const Task& task) const;
  std::string engine_name(const Task& task) const;

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Message> inbox_;
  bool stopping_ = false;
  std::map<TaskId, Preparation> preparations_;          // for explain(); guarded by mutex_
  std::map<std::string, std::set<TaskId>> held_by_;     // SHA-256 -> tasks; guarded by mutex_
  std::map<std::string, std::vector<Handle>> to_look_;  // by engine; guarded by mutex_
  std::vector<TaskId> untidy_;                          // ended; guarded by mutex_
  std::map<TaskId, Tracked> tracked_;
  std::chrono::steady_clock::time_point next_tick_;
  std::thread thread_;
  std::unique_ptr<Placement> placement_;
  // Last, so that it goes first: its destructor waits for the jobs, which use all of the above.
  KeyedPool pool_;
};

}  // namespace cloudbrain
