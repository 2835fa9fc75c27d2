// The runner processes of this machine: starts them, keeps a few in reserve, notices their end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/ids.h"
#include "base/process.h"
#include "engines/local/cgroup_places.h"

namespace cloudbrain {

using AttemptKey = std::pair<TaskId, int>;

// Safe from any thread. One thread of its own waits for the ends of all runners; runners themselves
// outlive this object, but for the spare ones.
//
// Why spares: the first move of a process into a cgroup after a pause costs 6-19 ms, most of what a
// start costs. A spare runner has made its cgroup and moved a process into it before its task
// comes.
class RunnerProcesses {
 public:
  // `gone` is called on the thread of this object when the runner of an attempt has ended.
  RunnerProcesses(fs::path program, const CgroupPlaces& places, int spares,
                  std::function<void(AttemptKey)> gone);
  ~RunnerProcesses();
  RunnerProcesses(const RunnerProcesses&) = delete;
  RunnerProcesses& operator=(const RunnerProcesses&) = delete;

  // A runner to be: its cgroup is known, its task not yet.
  struct Seat {
    std::vector<std::string> cgroups;
    std::optional<ChildProcess> spare;
    Fd line;  // to the spare
  };
  Seat take_seat();
  // Gives the attempt to the seat's runner. Throws Error internal where no process can be started.
  void start(Seat seat, AttemptKey key, const fs::path& directory);

  // Watches a runner that an earlier server started; false where it can't be.
  bool adopt(AttemptKey key, pid_t pid);
  void unwatch(AttemptKey key);
  bool watches(AttemptKey key) const;
  // False where the runner is not watched.
  bool signal(AttemptKey key, int signal) const;
  // KILL to the runner, and the wait for its end: a process that is being killed may still finish
  // the system call that it is in. False where it had not ended after `patience`.
  bool kill(AttemptKey key, std::chrono::milliseconds patience);
  // Names of the cgroups of the seats of this object's life.
  std::set<std::string> cgroup_names() const;

 private:
  struct Running {
    std::optional<ChildProcess> child;  // empty: not our child; it was adopted
    Fd pidfd;
  };
  struct Spare {
    ChildProcess child;
    std::vector<std::string> cgroups;
    Fd line;
  };

  Spare make_spare();
  void keep_spares();
  void watch(AttemptKey key, std::optional<ChildProcess> child, Fd pidfd);
  void run();
  void reap(std::uint64_t number);
  std::vector<std::string> new_cgroup();

  const fs::path program_;
  const CgroupPlaces& places_;
  const std::size_t wanted_spares_;
  const std::function<void(AttemptKey)> gone_;
  Fd epoll_;
  Fd wake_;

  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::vector<Spare> spares_;
  std::map<AttemptKey, Running> running_;
  std::map<std::uint64_t, AttemptKey> numbers_;  // what epoll says -> whose end it is
  std::uint64_t last_number_ = 0;
  std::set<std::string> names_;
  std::condition_variable ended_;
  std::thread thread_;
};

}  // namespace cloudbrain
