// The runner's life beside the script: log, usage, time limit, stop, end.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include <sys/types.h>

#include "engines/task_folder.h"
#include "runner/attempt_files.h"
#include "runner/command.h"
#include "runner/control.h"
#include "runner/disk_use.h"
#include "runner/log_writer.h"

namespace cloudbrain::runner {

// SIGTERM and SIGCHLD are blocked by the caller before anything else is done: they are read from a
// descriptor here, so none comes too early.
class Watch {
 public:
  Watch(const AttemptFiles& files, const RunnerOrders& orders, const Command& command,
        LogWriter& log);

  // Until the command and all of its processes are gone and the log has all they wrote. Gives the
  // record without what the cgroup counted.
  ExitRecord run();

 private:
  using SteadyClock = std::chrono::steady_clock;
  using Moment = SteadyClock::time_point;

  void hear_control();
  void hear_signals();
  bool hears_output() const;
  void hear_output();
  void keep(std::span<const char> bytes);
  void look_at_clock();
  void check_stop();
  void begin_end(const char* cause, std::chrono::seconds grace);
  void reap();
  void drain();
  void sample();
  int milliseconds_to_next() const;
  ExitRecord record() const;

  const AttemptFiles& files_;
  const RunnerOrders& orders_;
  const Command& command_;
  LogWriter& log_;
  DiskUse disk_;
  Fd signals_;
  Fd usage_;
  bool output_open_ = true;
  bool control_open_ = true;
  bool killing_ = false;
  bool all_gone_ = false;

  std::optional<TimePoint> started_at_;
  std::optional<int> status_;     // of the script, as wait() gives it
  std::string failure_;           // why the script could not be started
  std::string first_output_;      // what the command said before the script ran
  std::string ending_;            // "stopped", "timeout", "out_of_disk" once that was begun
  Moment limit_ = Moment::max();  // of the run time
  Moment kill_at_ = Moment::max();
  Moment heard_at_;  // last output
  Moment hear_at_;   // next look for output
  Moment sample_at_ = Moment::max();
  Moment sampled_at_;
  std::int64_t sampled_cpu_us_ = 0;
};

}  // namespace cloudbrain::runner
