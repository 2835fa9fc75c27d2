// Runs tasks on this machine: one runner process and one sandbox each.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engines/engine.h"
#include "engines/local/attempt_folder.h"
#include "engines/local/cgroup_places.h"
#include "engines/local/devices/machine_watch.h"
#include "engines/local/host_files.h"
#include "engines/local/images/container.h"
#include "engines/local/machine.h"
#include "engines/local/runner_processes.h"
#include "engines/local/sandbox.h"
#include "engines/local/slots.h"

namespace cloudbrain {

struct LocalOptions {
  fs::path tasks_root;       // the task folders: <tasks_root>/<task id>
  fs::path state_directory;  // ours alone; made where it is missing
  fs::path data_directory;   // never shown to a task; empty: tasks_root
  fs::path runner;           // the program cloudbrain-runner
  std::optional<int> cpus;   // to sell, instead of what the machine has
  std::optional<std::int64_t> memory_bytes;
  MachineSources sources;
  int spares = 1;  // runners kept ready; each saves one start 6-19 ms and takes 1 MB
};

// Keeps the promises of Engine. What it must remember lies in the task folders, so kill -9 of the
// server at any point loses nothing: look() finds what runs and takes its resources again.
//
// Resources are given back when nothing of an attempt runs any more, which its runner tells before
// it writes the end down, or when the runner has ended and left an exit file, else by the look()
// that finds the attempt lost, and by forget() in any case. on_change's callback comes on the
// thread that waits for runners. No lock is held across I/O.
class LocalEngine final : public Engine {
 public:
  // Throws Error unavailable where this machine has no sandbox at all.
  explicit LocalEngine(const LocalOptions& options);
  ~LocalEngine() override;

  Offer offer() override;
  std::optional<Text> why_impossible(const Launch& launch) override;
  // `folder` must be the task's folder below tasks_root. Throws Error conflict ("stale_attempt")
  // where a later attempt of the task was begun already.
  std::optional<Handle> start(const Launch& launch, const std::string& folder) override;
  std::vector<Report> look(std::span<const Handle> handles) override;
  void stop(const Handle& handle, std::chrono::seconds grace) override;
  void forget(const Handle& handle) override;
  void on_change(std::function<void(TaskId)> callback) override;

  // Called on a thread of its own whenever the machine's accelerators have changed: other ones, or
  // another health. Ends as on_change does.
  void on_machine_change(std::function<void()> callback);

  // Ends and removes what crashed runners left that no attempt owns which was started here or
  // looked at since. Called once the live tasks were looked at.
  void sweep();

 private:
  struct Held {
    std::optional<Share> share;  // empty once it was given back
    std::set<std::string> cgroups;
    bool beginning = false;  // start() is at it: there is nothing to see of it yet
    bool unwanted = false;   // forgotten meanwhile
  };

  AttemptFolder folder_of(AttemptKey key) const;
  std::optional<Share> reserve(const Launch& launch, AttemptKey key);
  bool is_beginning(AttemptKey key);
  bool has_begun(AttemptKey key);
  void begin(const Launch& launch, AttemptKey key, const AttemptFolder& folder, const Share& share);
  RunnerOrders orders_of(const Launch& launch, std::vector<std::string> cgroups,
                         const DeviceEdits& devices, const AttemptFolder& folder);
  void fence_others(AttemptKey key);
  Report look_at(AttemptKey key);
  void adopt(AttemptKey key, const AttemptFolder& folder);
  void bury(const AttemptFolder& folder) const;
  void give_back(AttemptKey key);
  void let_go(AttemptKey key);
  void room_left(AttemptKey key);
  void runner_gone(AttemptKey key);
  void call_back(TaskId task);
  void machine_changed(Machine machine);

  const LocalOptions options_;
  HostFiles host_files_;
  SandboxParts parts_;
  CgroupPlaces places_;

  std::mutex mutex_;  // guards the next two
  Slots slots_;
  std::map<AttemptKey, Held> held_;

  std::mutex callback_mutex_;  // held while the callback runs, so that on_change({}) waits for it
  std::function<void(TaskId)> callback_;
  std::function<void()> machine_callback_;
  RunnerProcesses runners_;     // its thread uses all of the above
  MachineWatch machine_watch_;  // so does this one's: last
};

}  // namespace cloudbrain
