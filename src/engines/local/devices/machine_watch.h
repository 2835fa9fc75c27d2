// Sees accelerators come, go, fall ill and recover while the server runs.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engines/local/machine.h"

namespace cloudbrain {

// One thread, which looks at the names and times of CDI files and of device nodes every two seconds
// (some stats: inotify does not see a directory that is not there yet, or the health of a card) and
// asks the drivers where those changed, and every half a minute.
class MachineWatch {
 public:
  // `changed` is called on that thread after each look that found something else; not once the
  // destructor has returned.
  MachineWatch(MachineSources sources, std::function<void(Machine)> changed);

 private:
  void run(const std::stop_token& stop);
  std::string signature(const Machine& machine) const;

  const MachineSources sources_;
  const std::function<void(Machine)> changed_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace cloudbrain
