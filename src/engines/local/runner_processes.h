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
  // Called on the thread of this object.
  struct News {
    // Nothing of the attempt runs any more; its runner still writes the end down. Not every attempt
    // is told of: an adopted one is not.
    std::function<void(AttemptKey)> empty;
    // The runner has ended.
    std::function<void(AttemptKey)> gone;
  };
  RunnerProcesses(fs::path program, const CgroupPlaces& places, int spares, News news);
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
    Fd line;  // from a runner that was a spare
  };
  struct Spare {
    ChildProcess child;
    std::vector<std::string> cgroups;
    Fd line;
  };

  Spare make_spare();
  void keep_spares();
  void watch(AttemptKey key, Running running);
  void run();
  void hear(std::uint64_t number);
  void heard_line(AttemptKey key);
  void reap(AttemptKey key);
  void tell(const std::function<void(AttemptKey)>& whom, AttemptKey key) const;
  std::vector<std::string> new_cgroup();

  const fs::path program_;
  const CgroupPlaces& places_;
  const std::size_t wanted_spares_;
  const News news_;
  Fd epoll_;
  Fd wake_;

  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::vector<Spare> spares_;
  std::map<AttemptKey, Running> running_;
  struct Source {
    AttemptKey key;
    bool line = false;  // its line, not its end
  };
  std::map<std::uint64_t, Source> sources_;  // by what epoll says
  std::uint64_t last_number_ = 0;
  std::set<std::string> names_;
  std::condition_variable ended_;
  std::thread thread_;
};

}  // namespace cloudbrain
