#include "tasks/conductor.h"

#include <pthread.h>

#include "base/log.h"
#include "base/parse_id.h"
#include "domain/reasons.h"
#include "domain/state_machine.h"
#include "tasks/queue/waiting_reason.h"

namespace cloudbrain {

namespace {

constexpr std::chrono::seconds kTick{5};
constexpr std::chrono::seconds kStopGrace{10};
constexpr unsigned kStepThreads = 8;

std::string key_of(TaskId id) {
  return "task:" + std::to_string(id.value);
}

Error task_missing(TaskId id) {
  return Error(
      ErrorKind::missing, "task_missing",
      {fmt::format("There is no task {}.", id.value), fmt::format("没有任务 {}。", id.value)});
}

}  // namespace

Conductor::Conductor(Parts parts) : parts_(std::move(parts)), pool_("steps", kStepThreads) {
  placement_ = std::make_unique<Placement>(pool_, parts_.catalogue, parts_.preparer, parts_.changes,
                                           parts_.clock, [this](TaskId id) { wake(id); });
}

Conductor::~Conductor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const auto& [name, engine] : parts_.catalogue.engines()) engine->on_change({});
}

void Conductor::start() {
  recover();
  for (const auto& [name, engine] : parts_.catalogue.engines()) {
    engine->on_change([this](TaskId id) { post(Wake{id, true}); });
  }
  next_tick_ = std::chrono::steady_clock::now() + kTick;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "conductor");
}

void Conductor::recover() {
  // What runs is adopted with its resources before anything new is placed.
  std::map<std::string, std::vector<Handle>> at_engines;
  for (const Task& task : parts_.changes.tasks().live()) {
    inbox_.push_back(Wake{task.id, false});
    if (may_be_at_engine(task)) {
      at_engines[engine_name(task)].push_back({task.id, task.attempt, task.handle});
    }
  }
  for (const auto& [engine, handles] : at_engines) {
    try {
      parts_.catalogue.engine_named(engine).look(handles);
    } catch (const Error& error) {
      log::warning("engine {} does not answer at start: {}", engine, error.what());
    }
  }
  // Tasks that ended while we were gone, or whose end we did not live to clean up after.
  pool_.post("sweep", [this] {
    for (const fs::directory_entry& entry : fs::directory_iterator(parts_.tasks_root)) {
      const auto id = parse_id<TaskId>(entry.path().filename().native());
      if (!id) continue;
      const std::optional<Task> task = parts_.changes.tasks().find(*id);
      if (!task) {
        remove_tree(entry.path());
      } else if (is_final(task->state) && !parts_.preparer.is_tidy(*id)) {
        clean_up(*task);
      }
    }
  });
}

// A task that waits has been begun where we were killed between its start and the note of it. Where
// nobody has begun its attempt there is nothing to adopt, and a look would end it for good.
bool Conductor::may_be_at_engine(const Task& task) const {
  if (task.attempt == 0) return false;
  const fs::path attempt = task_folder(parts_.tasks_root, task.id).attempt(task.attempt);
  return task.state != TaskState::WAITING || fs::exists(attempt / "pid");
}

void Conductor::post(Message message) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(message));
  }
  arrived_.notify_one();
}

void Conductor::wake(TaskId task) {
  post(Wake{task, false});
}

void Conductor::wake_held_by(const std::string& sha256) {
  std::set<TaskId> held;
  {
    const std::lock_guard lock(mutex_);
    const auto found = held_by_.find(sha256);
    if (found == held_by_.end()) return;
    held = std::move(found->second);
    held_by_.erase(found);
  }
  for (const TaskId id : held) post(Prepared{id, {}, {}});  // not asked: prepared once more
}

void Conductor::run() {
  while (true) {
    std::deque<Message> messages = next_messages();
    if (messages.empty()) {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    for (const Message& message : messages) {
      try {
        std::visit([this](const auto& one) { handle(one); }, message);
      } catch (const std::exception& error) {
        // The row is as it was; the next tick looks at it again.
        log::error("conductor: {}", error.what());
      }
    }
    if (std::chrono::steady_clock::now() >= next_tick_) tick();
  }
}

std::deque<Conductor::Message> Conductor::next_messages() {
  std::unique_lock lock(mutex_);
  arrived_.wait_until(lock, next_tick_, [this] { return stopping_ || !inbox_.empty(); });
  if (stopping_) return {};
  return std::exchange(inbox_, {});
}

// Once every few seconds everything is asked again, so that nothing hangs on a message that a crash
// or a full disk swallowed.
void Conductor::tick() {
  next_tick_ = std::chrono::steady_clock::now() + kTick;
  for (auto& [id, tracked] : tracked_) {
    if (tracked.preparation.step == Preparation::Step::working) continue;
    if (tracked.preparation.step == Preparation::Step::held) tracked.preparation = {};
    post(Wake{id, tracked.at_engine});
  }
  placement_->place_all();
  tidy();
}

void Conductor::handle(const Wake& wake) {
  if (wake.engine_news) {
    placement_->place_all();  // what has ended left room, before its end is even written down
    const auto tracked = tracked_.find(wake.task);
    if (tracked != tracked_.end()) tracked->second.report.reset();
  }
  consider(wake.task);
}

void Conductor::handle(const Prepared& prepared) {
  tracked_[prepared.task].preparation = prepared.preparation;
  {
    const std::lock_guard lock(mutex_);
    preparations_[prepared.task] = prepared.preparation;
    if (!prepared.held_by.empty()) held_by_[prepared.held_by].insert(prepared.task);
  }
  consider(prepared.task);
}

void Conductor::handle(const Reported& reported) {
  const auto tracked = tracked_.find(reported.report.task);
  if (tracked == tracked_.end()) return;
  tracked->second.report = reported.report;
  consider(reported.report.task);
}

void Conductor::consider(TaskId id) {
  std::optional<Task> task = parts_.changes.tasks().find(id);
  if (!task || is_final(task->state)) {
    const bool was_live = tracked_.erase(id) > 0;
    {
      const std::lock_guard lock(mutex_);
      preparations_.erase(id);
    }
    if (task && was_live) ended(*task);
    return;
  }
  Tracked& tracked = tracked_[id];
  tracked.at_engine = task->state == TaskState::RUNNING || task->state == TaskState::STOPPING;
  if (tracked.at_engine && task->attempt > 0) placement_->note_running(*task, engine_name(*task));
  act(*task, tracked, decide(*task, tracked.preparation, tracked.report, parts_.clock.now()));
}

void Conductor::act(Task& task, Tracked& tracked, const Decision& decision) {
  if (std::holds_alternative<Prepare>(decision)) {
    tracked.preparation.step = Preparation::Step::working;
    prepare(task);
  } else if (std::holds_alternative<Enqueue>(decision)) {
    placement_->enqueue(task, engine_name(task));
  } else if (std::holds_alternative<Look>(decision)) {
    look(task);
  } else if (std::holds_alternative<PassStop>(decision)) {
    pass_stop(task);
  } else if (const auto* become = std::get_if<Become>(&decision)) {
    if (become->state == TaskState::WAITING) placement_->reserve(task, engine_name(task));
    parts_.changes.become(task, *become);
    // Written: the new state may ask for the next step at once. Stale: look at the row again.
    consider(task.id);
  }
}

void Conductor::prepare(const Task& task) {
  pool_.post(key_of(task.id), [this, task] {
    Preparer::Outcome outcome;
    try {
      outcome = parts_.preparer.prepare(task);
    } catch (const std::exception& error) {
      log::warning("task {} can't be prepared now: {}", task.id.value, error.what());
      outcome.preparation = {Preparation::Step::held, reasons::preparing_code()};
    }
    post(Prepared{task.id, outcome.preparation, outcome.held_by});
    // Content that became ready between the look and the note that we wait for it.
    if (!outcome.held_by.empty() && parts_.preparer.prepare(task).held_by.empty()) {
      post(Prepared{task.id, {}, {}});
    }
  });
}

void Conductor::look(const Task& task) {
  const std::string engine = engine_name(task);
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    std::vector<Handle>& handles = to_look_[engine];
    first = handles.empty();
    handles.push_back({task.id, task.attempt, task.handle});
  }
  if (first) {
    pool_.post("look:" + engine, [this, engine] { look_at_all(engine); });
  }
}

void Conductor::look_at_all(const std::string& engine) {
  std::vector<Handle> handles;
  {
    const std::lock_guard lock(mutex_);
    handles = std::exchange(to_look_[engine], {});
  }
  try {
    for (Report& report : parts_.catalogue.engine_named(engine).look(handles)) {
      post(Reported{std::move(report)});
    }
  } catch (const Error& error) {
    // Nothing is known: the tasks stay as they are, and the tick asks again.
    log::warning("engine {} does not answer: {}", engine, error.what());
  }
}

void Conductor::pass_stop(const Task& task) {
  pool_.post("stop:" + key_of(task.id), [this, task] {
    engine_of(task).stop({task.id, task.attempt, task.handle}, kStopGrace);
  });
}

void Conductor::ended(const Task& task) {
  placement_->remove(task.id);
  parts_.preparer.leave(task.id);
  pool_.post(key_of(task.id), [this, task] { clean_up(task); });
}

void Conductor::clean_up(const Task& task) {
  if (task.attempt > 0) {
    engine_of(task).forget({task.id, task.attempt, task.handle});
    parts_.logs.settle(task_folder(parts_.tasks_root, task.id).log(task.attempt));
  }
  placement_->place(engine_name(task));
  const std::lock_guard lock(mutex_);
  untidy_.push_back(task.id);
}

// Deleting files makes new ones slow for a while on some file systems, and whoever waits is in more
// of a hurry than the disk: so it is done once nobody waits.
void Conductor::tidy() {
  std::vector<TaskId> ended;
  if (placement_->anyone_waits()) return;
  {
    const std::lock_guard lock(mutex_);
    ended = std::exchange(untidy_, {});
  }
  if (ended.empty()) return;
  for (const TaskId id : ended) {
    pool_.post(key_of(id), [this, id] { parts_.preparer.tidy(id); });
  }
}

std::string Conductor::engine_name(const Task& task) const {
  const Cluster* cluster = parts_.catalogue.find_cluster(task.request.cluster);
  // A cluster that was taken out of the configuration: its tasks belong to whatever is left.
  return cluster != nullptr ? cluster->engine : parts_.catalogue.engines().begin()->first;
}

Engine& Conductor::engine_of(const Task& task) const {
  return parts_.catalogue.engine_named(engine_name(task));
}

Task Conductor::stop(TaskId id, std::string_view user) {
  while (true) {
    std::optional<Task> task = parts_.changes.tasks().find(id);
    if (!task) throw task_missing(id);
    // A second stop is no mistake, however soon the first one worked.
    if (task->state == TaskState::STOPPING || task->state == TaskState::STOPPED) return *task;
    if (is_final(task->state)) {
      throw Error(ErrorKind::conflict, "task_ended",
                  {fmt::format("Task {} has ended already.", id.value),
                   fmt::format("任务 {} 已经结束。", id.value)});
    }
    if (parts_.changes.become(*task,
                              {TaskState::STOPPING, reasons::stopped_by_user(user), {}, {}, {}})) {
      wake(id);
      return *task;
    }
  }
}

void Conductor::remove(TaskId id) {
  if (!parts_.changes.tasks().remove(id)) throw task_missing(id);
  const TaskFolder folder = task_folder(parts_.tasks_root, id);
  pool_.post(key_of(id), [folder] { remove_tree(folder.path); });
}

std::map<std::string, std::vector<TaskId>> Conductor::queues() {
  std::map<std::string, std::vector<TaskId>> queues;
  for (const auto& [name, engine] : parts_.catalogue.engines()) {
    queues[name] = placement_->order(name);
  }
  return queues;
}

Explanation Conductor::explain(const Task& task) {
  Explanation explanation{task.reason, std::nullopt};
  if (task.state == TaskState::WAITING) {
    explanation.standing = placement_->standing(task, engine_name(task));
    explanation.reason = waiting_reason(*explanation.standing);
  } else if (task.state == TaskState::PREPARING) {
    const std::lock_guard lock(mutex_);
    const auto found = preparations_.find(task.id);
    const bool held = found != preparations_.end() && found->second.step == Preparation::Step::held;
    explanation.reason = held ? found->second.reason : reasons::preparing_code();
    if (auto progress = parts_.preparer.progress(task.id)) explanation.reason = std::move(progress);
  }
  return explanation;
}

}  // namespace cloudbrain
