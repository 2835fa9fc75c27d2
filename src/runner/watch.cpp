#include "runner/watch.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/records.h"

namespace cloudbrain::runner {

namespace {

using std::chrono::seconds;

constexpr seconds kFirstSample{1};
constexpr seconds kSamplePeriod{5};
constexpr seconds kTimeoutGrace{10};  // after TERM at the time limit
constexpr std::size_t kDetailLimit = 500;
// A script that writes line by line would wake us for each: where output flows, it gathers in the
// pipe for a moment. A line after a pause is read at once.
constexpr std::chrono::milliseconds kGather{2};
constexpr int kPipeBytes = 1 << 20;

// One buffer for all reads: memory is touched once and counts once.
std::array<char, 65536> buffer;

Fd signal_descriptor() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigaddset(&set, SIGTERM);
  return Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

// The last line that says something.
std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t newline = text.rfind('\n');
  return newline == std::string::npos ? text : text.substr(newline + 1);
}

}  // namespace

Watch::Watch(const AttemptFiles& files, const RunnerOrders& orders, const Command& command,
             LogWriter& log)
    : files_(files),
      orders_(orders),
      command_(command),
      log_(log),
      disk_(orders.writable, command.cgroup().directories(), orders.limits.disk_bytes),
      signals_(signal_descriptor()) {
  ::fcntl(command.output(), F_SETFL, O_NONBLOCK);
  ::fcntl(command.output(), F_SETPIPE_SZ, kPipeBytes);  // refused where the user has many: 64 KiB
}

ExitRecord Watch::run() {
  check_stop();
  while (!all_gone_) {
    std::array<pollfd, 3> waits{pollfd{signals_.get(), POLLIN, 0},
                                pollfd{control_open_ ? command_.control() : -1, POLLIN, 0},
                                pollfd{hears_output() ? command_.output() : -1, POLLIN, 0}};
    const int ready = ::poll(waits.data(), waits.size(), milliseconds_to_next());
    if (ready > 0) {
      // Words before output: what they tell belongs before it in the log.
      if (waits[1].revents != 0) hear_control();
      if (waits[2].revents != 0) hear_output();
      if (waits[0].revents != 0) hear_signals();
    }
    look_at_clock();
  }
  // Nobody is left to write: what there is to hear is in the socket and in the pipe by now.
  while (control_open_) hear_control();
  drain();
  ExitRecord ended = record();
  // What was written between the last look and the end.
  if (disk_.trim()) {
    if (ended.cause != "stopped" && ended.cause != "timeout") ended.cause = "out_of_disk";
    log_.note("The task wrote more than it may keep on disk: its newest files were removed.",
              "任务写入的文件超过磁盘上限：最新的文件已被删除。");
  }
  return ended;
}

void Watch::hear_control() {
  const std::optional<Message> message = receive(command_.control());
  if (!message) {
    control_open_ = false;
    return;
  }
  switch (message->word) {
    case Word::ready: {
      std::string problem = command_.cgroup_problem();
      if (!message->text.empty()) problem += (problem.empty() ? "" : "; ") + message->text;
      if (problem.empty()) break;
      log_.note("CPU, memory and processes of this task are not fully limited: " + problem,
                "此任务的 CPU、内存或进程数未能完全受限。");
      break;
    }
    case Word::failed:
      failure_ = message->text;
      break;
    case Word::started: {
      started_at_ = now();
      sampled_at_ = SteadyClock::now();
      sample_at_ = sampled_at_ + kFirstSample;
      if (orders_.limits.max_runtime_s > 0) {
        limit_ = sampled_at_ + seconds{orders_.limits.max_runtime_s};
      }
      break;
    }
    case Word::ended:
      status_ = message->value;
      break;
    case Word::go:
    case Word::terminate:
      break;  // ours to say
  }
}

void Watch::hear_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGCHLD) reap();
    if (info.ssi_signo == SIGTERM) {
      check_stop();
      // Without a stop file: the machine goes down, or somebody ended the runner by hand.
      if (ending_.empty()) begin_end("stopped", kTimeoutGrace);
    }
  }
}

void Watch::check_stop() {
  if (const std::optional<seconds> grace = files_.stop_grace()) begin_end("stopped", *grace);
}

// A second stop may shorten the grace of the first, never lengthen it.
void Watch::begin_end(const char* cause, seconds grace) {
  if (ending_.empty()) {
    ending_ = cause;
    send(command_.control(), Word::terminate);
  }
  kill_at_ = std::min(kill_at_, SteadyClock::now() + grace);
}

// Whatever loses its parent becomes our child, so no child left means that nothing is left: the end
// of a sandbox' init, for one, comes after that of everything in its PID namespace.
void Watch::reap() {
  pid_t pid = 0;
  while ((pid = ::waitpid(-1, nullptr, WNOHANG)) > 0) {
    // Nothing outlives the command, not even where bwrap alone was killed, by us or by the kernel.
    if (pid == command_.pid()) killing_ = true;
  }
  all_gone_ = pid < 0 && errno == ECHILD;
  if (killing_ && !all_gone_) kill_children();
}

void Watch::look_at_clock() {
  const Moment time = SteadyClock::now();
  if (time >= limit_) {
    limit_ = Moment::max();
    begin_end("timeout", kTimeoutGrace);
  }
  if (time >= disk_.next() && disk_.exceeded()) {
    // At once: every moment of grace is more on the disk.
    begin_end("out_of_disk", seconds{0});
  }
  if (SteadyClock::now() >= kill_at_) {
    kill_at_ = Moment::max();
    killing_ = true;
    kill_children();
  }
  if (time >= sample_at_) {
    sample();
    sample_at_ = time + kSamplePeriod;
  }
}

int Watch::milliseconds_to_next() const {
  Moment next = std::min({limit_, kill_at_, sample_at_, disk_.next()});
  if (output_open_ && !hears_output()) next = std::min(next, hear_at_);
  if (next == Moment::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - SteadyClock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

bool Watch::hears_output() const {
  return output_open_ && SteadyClock::now() >= hear_at_;
}

void Watch::hear_output() {
  const Moment time = SteadyClock::now();
  const bool flows = time - heard_at_ < 2 * kGather;
  heard_at_ = time;
  std::size_t total = 0;
  while (output_open_ && total < kPipeBytes) {
    const ssize_t count = ::read(command_.output(), buffer.data(), buffer.size());
    if (count == 0) output_open_ = false;
    if (count <= 0) break;
    keep({buffer.data(), static_cast<std::size_t>(count)});
    total += static_cast<std::size_t>(count);
    if (static_cast<std::size_t>(count) < buffer.size()) break;
  }
  // A writer of large blocks has gathered by itself, and would only be held up.
  hear_at_ = flows && total < kPipeBytes / 8 ? time + kGather : time;
}

void Watch::keep(std::span<const char> bytes) {
  if (!started_at_ && first_output_.size() < kDetailLimit) {
    first_output_.append(bytes.data(), std::min(bytes.size(), kDetailLimit - first_output_.size()));
  }
  log_.append(bytes);
}

void Watch::drain() {
  pollfd wait{command_.output(), POLLIN, 0};
  while (output_open_ && ::poll(&wait, 1, 0) > 0) hear_output();
}

void Watch::sample() {
  if (command_.cgroup().directories().empty()) return;
  const Cgroup::Usage usage = command_.cgroup().usage();
  const Moment time = SteadyClock::now();
  const std::chrono::duration<double, std::micro> passed = time - sampled_at_;
  Usage sample;
  sample.at = now();
  sample.cpus = static_cast<double>(usage.cpu_us - sampled_cpu_us_) / std::max(passed.count(), 1.0);
  sample.memory_bytes = usage.memory_bytes;
  sample.processes = usage.processes;
  sampled_at_ = time;
  sampled_cpu_us_ = usage.cpu_us;
  const std::string line = to_text(sample);
  if (!usage_) usage_ = files_.append("usage");
  (void)!::write(usage_.get(), line.data(), line.size());  // a full disk: the next one may fit
}

ExitRecord Watch::record() const {
  ExitRecord record;
  record.ended_at = now();
  record.started_at = started_at_.value_or(record.ended_at);
  // No word from init: it was killed, and the script with it.
  const int status = status_.value_or(SIGKILL);
  if (WIFEXITED(status)) {
    record.cause = "exited";
    record.exit_code = WEXITSTATUS(status);
  } else {
    record.cause = "signaled";
    record.signal = WTERMSIG(status);
    record.exit_code = 128 + record.signal;
  }
  const bool succeeded = status_ && *status_ == 0;
  if (!ending_.empty()) {
    record.cause = ending_;
  } else if (!succeeded && command_.cgroup().usage().oom_kills > 0) {
    record.cause = "out_of_memory";
  } else if (record.signal == SIGXFSZ) {
    record.cause = "out_of_disk";  // a single file of more than the limit
  } else if (!started_at_) {
    record.cause = "start_failed";
    record.detail = failure_.empty() ? last_line(first_output_) : failure_;
    record.detail.resize(std::min(record.detail.size(), kDetailLimit));
    if (record.detail.empty()) record.detail = "the sandbox ended without a word";
  }
  return record;
}

}  // namespace cloudbrain::runner
