// A LocalEngine on a directory of its own, with the real runner and the real sandbox.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "engines/local/local_engine.h"
#include "engines/task_folder.h"

namespace cloudbrain::testing {

inline constexpr std::chrono::seconds kPatience{20};  // the machine may be busy
inline constexpr std::int64_t kMiB = 1 << 20;

// True once `condition` holds; false after the deadline.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // between two looks
  }
  return true;
}

class LocalMachine {
 public:
  explicit LocalMachine(std::function<void(LocalOptions&)> change = {}) {
    options_.tasks_root = directory_.path() / "tasks";
    // One for all tests: it holds copies of the host's files, which take a while to make.
    static const TemporaryDirectory state;
    options_.state_directory = state.path();
    options_.data_directory = directory_.path();
    options_.runner = CLOUDBRAIN_RUNNER;
    options_.cpus = 4;
    options_.memory_bytes = 8192 * kMiB;
    if (change) change(options_);
    make_directories(options_.tasks_root);
    restart();
  }
  ~LocalMachine() {
    for (const Handle& handle : started_) engine_->forget(handle);
  }

  LocalEngine& engine() { return *engine_; }
  const LocalOptions& options() const { return options_; }
  const fs::path& directory() const { return directory_.path(); }

  // The server goes and comes back: nothing but the disk remembers.
  void restart() {
    stop_server();
    engine_ = std::make_unique<LocalEngine>(options_);
    engine_->on_change([this](TaskId) {
      const std::lock_guard lock(mutex_);
      ++changes_;
      changed_.notify_all();
    });
  }
  void stop_server() { engine_.reset(); }

  // A launch of `argv` with a writable /output, of 1 core and 256 MiB.
  Launch launch(std::vector<std::string> argv) {
    Launch launch;
    launch.task = TaskId{++last_task_};
    launch.argv = std::move(argv);
    launch.limits.memory_bytes = 256 * kMiB;
    launch.limits.pids = 64;
    const TaskFolder folder = folder_of(launch.task);
    make_directories(folder.output());
    const TaskUser user = task_user();
    if (user.own_user) {
      EXPECT_EQ(::chown(folder.output().c_str(), user.uid, user.gid), 0);
    }
    launch.mounts.push_back({folder.output(), "/output", false});
    launch.working_directory = "/output";
    return launch;
  }
  Launch shell(const std::string& script) { return launch({"/bin/sh", "-c", script}); }

  TaskFolder folder_of(TaskId task) const { return task_folder(options_.tasks_root, task); }

  std::optional<Handle> start(const Launch& launch) {
    std::optional<Handle> handle = engine_->start(launch, folder_of(launch.task).path);
    if (handle) started_.push_back(*handle);
    return handle;
  }
  Handle must_start(const Launch& launch) {
    const std::optional<Handle> handle = start(launch);
    if (!handle) throw std::runtime_error("no room");
    return *handle;
  }

  Report look(const Handle& handle) { return engine_->look(std::span(&handle, 1)).front(); }
  // Waits for the engine's word, as the conductor does, and looks.
  Report wait(const Handle& handle) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (true) {
      std::unique_lock lock(mutex_);
      const int seen = changes_;
      lock.unlock();
      Report report = look(handle);
      if (report.phase == Phase::ended || report.phase == Phase::lost) return report;
      lock.lock();
      if (!changed_.wait_until(lock, deadline, [&] { return changes_ != seen; })) {
        ADD_FAILURE() << "no end of task " << handle.task.value << "; its log: " << log(handle);
        return report;
      }
    }
  }

  std::string log(const Handle& handle) const {
    return try_read_file(folder_of(handle.task).log(handle.attempt)).value_or("");
  }
  bool wait_for_log(const Handle& handle, const std::string& text) const {
    return eventually([&] { return log(handle).find(text) != std::string::npos; });
  }
  fs::path attempt(const Handle& handle) const {
    return folder_of(handle.task).attempt(handle.attempt);
  }
  pid_t runner_pid(const Handle& handle) const {
    return AttemptFolder(attempt(handle)).runner_pid().value_or(0);
  }

  // Runs to the end.
  struct Outcome {
    Report report;
    std::string log;
    End end;
  };
  Outcome run(const Launch& launch) {
    const Handle handle = must_start(launch);
    Outcome outcome{wait(handle), log(handle), {}};
    if (outcome.report.end) outcome.end = *outcome.report.end;
    return outcome;
  }
  Outcome run_shell(const std::string& script) { return run(shell(script)); }

 private:
  TemporaryDirectory directory_;
  LocalOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int changes_ = 0;
  std::int64_t last_task_ = 0;
  std::vector<Handle> started_;
  std::unique_ptr<LocalEngine> engine_;
};

// The cgroup controllers that tasks can be given here.
inline bool can_limit(const std::string& controller) {
  static const std::set<std::string> controllers =
      CgroupPlaces("cloudbrain-test-probe").controllers();
  return controllers.contains(controller);
}

}  // namespace cloudbrain::testing
