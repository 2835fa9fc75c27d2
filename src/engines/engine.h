// The one seam between the platform and the places where tasks run. An engine knows tasks by id and
// attempt, resources and task folders; never users, projects or rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "domain/launch.h"

namespace cloudbrain {

// Opaque text of an engine's own making, stored with the task and given back after a restart. Where
// the server was killed between a start and storing its handle, `text` is empty: the engine then
// finds the attempt by task and number, and reports Phase::lost where it never started.
struct Handle {
  TaskId task;
  int attempt = 0;
  std::string text;
};

// How much of one kind of accelerator there is.
struct AcceleratorOffer {
  std::string compute;  // gpu, npu, …
  std::string type;     // "V100"
  int total = 0;        // with those that are not healthy
  int free = 0;
  int unhealthy = 0;              // never given out
  std::int64_t memory_bytes = 0;  // of each; 0: not known
};

// One accelerator, as an administrator looks at it.
struct AcceleratorState {
  std::string name;  // stable: "nvidia.com/gpu=0", or its node where nothing else names it
  std::string compute;
  std::string type;
  int index = 0;  // the driver's
  std::int64_t memory_bytes = 0;
  Text problem;                // why it is not given out; empty: healthy
  std::optional<TaskId> task;  // who has it
};

// What a place sells and what of it is free at this moment.
struct Offer {
  int cpus_total = 0;
  int cpus_free = 0;
  std::int64_t memory_total = 0;  // bytes
  std::int64_t memory_free = 0;
  std::vector<AcceleratorOffer> accelerators;
  std::vector<AcceleratorState> devices;  // the same, one by one
};

enum class Phase {
  starting,  // the engine has it, the script does not run yet
  running,
  ended,  // the script is gone and its log is whole
  lost,   // whoever watched it is gone; nothing of it runs any more
};

enum class EndCause {
  exited,
  signaled,
  out_of_memory,
  out_of_disk,  // what it may write outside of memory was used up
  timeout,
  stopped,
  start_failed
};

// How an attempt ended.
struct End {
  EndCause cause = EndCause::exited;
  int exit_code = 0;  // 128 + signal for signaled
  int signal = 0;
  std::int64_t memory_limit_bytes = 0;  // for out_of_memory: the limit that was reached
  std::int64_t disk_limit_bytes = 0;    // the same for out_of_disk
  std::string detail;                   // for start_failed: what went wrong, one line
};

// What an engine knows of one attempt. Reports of an attempt older than the task's are dropped.
struct Report {
  TaskId task;
  int attempt = 0;
  Phase phase = Phase::starting;
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> ended_at;
  std::optional<End> end;  // present with Phase::ended
};

// Starts, watches and stops attempts. Every call is idempotent by task and attempt, may block, and
// may come from any thread. Throws Error unavailable where the place does not answer: the caller
// keeps what it knows and asks again.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual Offer offer() = 0;

  // True where the launch could ever run here, with nothing else running. Else the Text says what
  // is too much: a submit is refused with it.
  virtual std::optional<Text> why_impossible(const Launch& launch) = 0;

  // Takes the resources and starts the attempt; `folder` is the task's folder (task_folder.h).
  // nullopt: no room now, nothing was done. Started twice, it gives the same handle.
  virtual std::optional<Handle> start(const Launch& launch, const std::string& folder) = 0;

  // What became of these attempts; one report each, in the same order. An attempt that is alive but
  // unknown (after a restart of the server) is adopted with its resources.
  virtual std::vector<Report> look(std::span<const Handle> handles) = 0;

  // Asks the script to end: TERM, then KILL to all of it after `grace`. Does not wait.
  virtual void stop(const Handle& handle, std::chrono::seconds grace) = 0;

  // Frees whatever is left of an attempt: resources, cgroups, mounts, processes. The folder stays.
  virtual void forget(const Handle& handle) = 0;

  // Called on any thread, quickly, whenever a look at this task may give something new. An empty
  // callback ends that: once on_change returns, the old one is not running and never will.
  virtual void on_change(std::function<void(TaskId)> callback) = 0;
};

}  // namespace cloudbrain
