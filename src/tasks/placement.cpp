#include "tasks/placement.h"

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

void Placement::enqueue(TaskId task, const std::string& engine) {
  {
    const std::lock_guard lock(mutex_);
    lines_[engine].waiting.add(task);
  }
  place(engine);
}

void Placement::remove(TaskId task) {
  const std::lock_guard lock(mutex_);
  for (auto& [engine, line] : lines_) line.waiting.remove(task);
}

void Placement::place_all() {
  for (const auto& [name, engine] : catalogue_.engines()) place(name);
}

void Placement::place(const std::string& engine) {
  {
    const std::lock_guard lock(mutex_);
    Line& line = lines_[engine];
    if (line.waiting.size() == 0) return;
    line.again = true;
    if (line.placing) return;
    line.placing = true;
  }
  pool_.post("place:" + engine, [this, engine] { place_now(engine); });
}

int Placement::ahead_of(TaskId task, const std::string& engine) {
  const std::lock_guard lock(mutex_);
  return lines_[engine].waiting.ahead_of(task);
}

bool Placement::anyone_waits() {
  const std::lock_guard lock(mutex_);
  return std::any_of(lines_.begin(), lines_.end(),
                     [](const auto& line) { return line.second.waiting.size() > 0; });
}

std::optional<TaskId> Placement::front(const std::string& engine) {
  const std::lock_guard lock(mutex_);
  return lines_[engine].waiting.front();
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
      while (const std::optional<TaskId> id = front(engine)) {
        if (!start(engine, *id)) break;
      }
    } catch (const std::exception& error) {
      // The engine does not answer, the disk is full: the conductor's tick tries again.
      log::warning("engine {}: {}", engine, error.what());
    }
  }
}

bool Placement::start(const std::string& engine, TaskId id) {
  std::optional<Task> task = changes_.tasks().find(id);
  if (!task || task->state != TaskState::WAITING) {
    remove(id);  // stopped or removed while it waited
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
  remove(id);
  if (handle) started(place, *task, *handle);
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
}

}  // namespace cloudbrain
