// The attempt's directory, from the engine's side: docs/formats/task-folder.md.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "base/files.h"
#include "engines/engine.h"
#include "engines/task_folder.h"

namespace cloudbrain {

// Reads and writes the files that server and runner talk by. Keeps nothing; safe from any thread.
class AttemptFolder {
 public:
  explicit AttemptFolder(fs::path directory) : directory_(std::move(directory)) {}

  const fs::path& path() const { return directory_; }

  // What the runner is to do. Written before it is started; it may be written again as long as no
  // runner has taken the attempt.
  void write_orders(const RunnerOrders& orders) const;
  std::optional<RunnerOrders> orders() const;

  // A runner has the lock on `pid`: it lives. Looked at without being taken, so no runner is turned
  // away.
  bool has_runner() const;
  // A runner, or fence(), has been here; no other will ever run this attempt.
  bool taken() const;
  // Keeps every runner from beginning. False where one was here before.
  bool fence() const;
  // The process number of the runner, where it has said.
  std::optional<pid_t> runner_pid() const;

  // Phase::lost stands for "no runner and no end": whether one is still on its way only the caller
  // knows.
  Report look(TaskId task, int attempt) const;

  // Durable, so that it outlives whoever asked; the runner reads it when it gets SIGTERM.
  void ask_to_stop(std::chrono::seconds grace) const;

 private:
  std::optional<Report> ended(TaskId task, int attempt) const;

  fs::path directory_;
};

}  // namespace cloudbrain
