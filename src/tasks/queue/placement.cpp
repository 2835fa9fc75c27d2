#include "tasks/queue/placement.h"

#include "base/json.h"
#include "base/log.h"
#include "domain/reasons.h"

namespace cloudbrain {

Placement::Placement(KeyedPool& pool, const Catalogue& catalogue, Preparer& preparer,
                     StateChanges& changes, const Clock& clock, std::function<void(TaskId)> wake)
    : pool_(pool),
      catalogue_(catalogue),
      preparer_(preparer),
      changes_(changes),
      clock_(clock),
      wake_(std::move(wake)) {}

Waiting Placement::waiting_of(const Task& task) const {
  Waiting waiting{task.id, task.creator, task.priority, {}, {}, task.created_at};
  waiting.longest = std::chrono::seconds(task.request.max_runtime_s);
  // Where the spec is gone its start says so.
  const Spec* const spec = catalogue_.find_spec(task.request.spec);
  if (spec != nullptr) waiting.demand = demand_of(*spec);
  return waiting;
}

Holding Placement::holding_of(const Task& task) const {
  const Waiting known = waiting_of(task);
  const TimePoint since = task.started_at.value_or(clock_.now());
  return {task.id, task.creator, known.demand, since + known.longest, 0};
}

void Placement::reserve(const Task& task, const std::string& engine) {
  const std::lock_guard lock(mutex_);
  lines_[engine].waiting.insert_or_assign(task.id, waiting_of(task));
}

void Placement::enqueue(const Task& task, const std::string& engine) {
  reserve(task, engine);
  place(engine);
}

void Placement::note_running(const Task& task, const std::string& engine) {
  const std::lock_guard lock(mutex_);
  lines_[engine].holding.try_emplace(task.id, holding_of(task));
}

void Placement::remove(TaskId task) {
  const std::lock_guard lock(mutex_);
  for (auto& [engine, line] : lines_) {
    line.waiting.erase(task);
    line.holding.erase(task);
  }
}

void Placement::leave_line(TaskId task) {
  const std::lock_guard lock(mutex_);
  for (auto& [engine, line] : lines_) line.waiting.erase(task);
}

void Placement::place_all() {
  for (const auto& [name, engine] : catalogue_.engines()) place(name);
}

void Placement::place(const std::string& engine) {
  {
    const std::lock_guard lock(mutex_);
    Line& line = lines_[engine];
    if (line.waiting.empty()) return;
    line.again = true;
    if (line.placing) return;
    line.placing = true;
  }
  pool_.post("place:" + engine, [this, engine] { place_now(engine); });
}

bool Placement::anyone_waits() {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(lines_, [](const auto& line) { return !line.second.waiting.empty(); });
}

QueueView Placement::view(const std::string& engine) {
  QueueView view;
  view.machines = {machine_room(catalogue_.engine_named(engine).offer())};
  view.now = clock_.now();
  const std::lock_guard lock(mutex_);
  const Line& line = lines_[engine];
  view.waiting.reserve(line.waiting.size());
  for (const auto& [id, waiting] : line.waiting) view.waiting.push_back(waiting);
  for (const auto& [id, holding] : line.holding) view.holdings.push_back(holding);
  return view;
}

std::vector<TaskId> Placement::order(const std::string& engine) {
  const QueueView now = view(engine);
  std::vector<TaskId> ids;
  for (const Waiting* one : queue_order(now.waiting, now.holdings, now.total(), now.now)) {
    ids.push_back(one->task);
  }
  return ids;
}

Standing Placement::standing(const Task& task, const std::string& engine) {
  std::vector<std::pair<std::string, Demand>> others;
  const Cluster* const cluster = catalogue_.find_cluster(task.request.cluster);
  for (const Spec& spec : catalogue_.specs()) {
    const bool serves =
        cluster != nullptr && spec.name != task.request.spec &&
        spec_serves(spec, task.request.compute, *cluster, enum_name(task.request.kind));
    if (serves) others.emplace_back(spec.name, demand_of(spec));
  }
  return standing_of(view(engine), waiting_of(task), others);
}

void Placement::place_now(const std::string& engine) {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      Line& line = lines_[engine];
      if (!line.again) {
        line.placing = false;
        return;
      }
      line.again = false;
    }
    try {
      place_once(engine);
    } catch (const std::exception& error) {
      // The engine does not answer, the disk is full: the conductor's tick tries again.
      log::warning("engine {}: {}", engine, error.what());
    }
  }
}

void Placement::place_once(const std::string& engine) {
  const QueueView now = view(engine);
  const auto order = queue_order(now.waiting, now.holdings, now.total(), now.now);
  for (const PlannedStart& next : plan_queue(order, now.machines, now.holdings, now.now).starts) {
    if (!start(engine, next.task)) return;
  }
}

bool Placement::start(const std::string& engine, TaskId id) {
  std::optional<Task> task = changes_.tasks().find(id);
  if (task && task->state == TaskState::PREPARING) return true;  // its place is reserved
  if (!task || task->state != TaskState::WAITING) {
    leave_line(id);  // stopped or removed while it waited
    return true;
  }
  Engine& place = catalogue_.engine_named(engine);
  std::optional<Handle> handle;
  try {
    handle = place.start(preparer_.launch_of(*task), preparer_.folder_of(*task));
    if (!handle) return false;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unavailable) throw;
    log::error("task {} could not be started: {}", id.value, error.what());
    changes_.become(*task,
                    Become{TaskState::FAILED, reasons::start_failed(error.message()), {}, {}, {}});
  }
  // Out of the line first: whoever sees that it runs sees those behind it one place further on.
  leave_line(id);
  if (handle) {
    note_running(*task, engine);
    started(place, *task, *handle);
  }
  wake_(id);
  return true;
}

void Placement::started(Engine& engine, Task task, const Handle& handle) {
  while (true) {
    task.handle = handle.text;
    if (task.state == TaskState::WAITING) {
      if (changes_.become(task, Become{TaskState::RUNNING, std::nullopt, {}, clock_.now(), {}}))
        return;
    } else if (task.state == TaskState::STOPPING) {
      // A stop came between: remember what runs, so that the stop reaches it.
      if (changes_.tasks().update(task)) return;
    } else {
      break;
    }
    std::optional<Task> fresh = changes_.tasks().find(task.id);
    if (!fresh) break;
    task = std::move(*fresh);
  }
  // Stopped before there was anything to see of the attempt: nobody else would ever end it.
  engine.forget(handle);
  remove(task.id);
}

}  // namespace cloudbrain
