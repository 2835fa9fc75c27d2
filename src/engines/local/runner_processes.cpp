#include "engines/local/runner_processes.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

namespace cloudbrain {

namespace {

Fd open_pidfd(pid_t pid) {
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

void add_to_epoll(const Fd& epoll, const Fd& fd, std::uint64_t number) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = number;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) throw_errno("epoll_ctl", "");
}

ChildProcess spawn(std::vector<std::string> argv, int input) {
  const Fd null = open_file("/dev/null", O_RDWR);
  ChildProcess::Streams streams;
  streams.input_fd = input >= 0 ? input : null.get();
  streams.output_fd = null.get();
  return ChildProcess::start(
      {.argv = std::move(argv), .clean_environment = true, .new_session = true}, streams);
}

}  // namespace

RunnerProcesses::RunnerProcesses(fs::path program, const CgroupPlaces& places, int spares,
                                 News news)
    : program_(std::move(program)),
      places_(places),
      wanted_spares_(static_cast<std::size_t>(std::max(0, spares))),
      news_(std::move(news)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !wake_) throw_errno("epoll_create1", "");
  add_to_epoll(epoll_, wake_, 0);
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "runners");
}

RunnerProcesses::~RunnerProcesses() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
  thread_.join();
  for (Spare& spare : spares_) {
    spare.line.reset();  // it clears away its cgroup and ends
    spare.child.wait();
  }
  for (auto& [key, running] : running_) {
    if (running.child) running.child->detach();
  }
}

std::vector<std::string> RunnerProcesses::new_cgroup() {
  std::string name = random_name("task-");
  std::vector<std::string> directories = places_.directories(name);
  const std::lock_guard lock(mutex_);
  names_.insert(std::move(name));
  return directories;
}

RunnerProcesses::Spare RunnerProcesses::make_spare() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw_errno("socketpair", "");
  }
  Fd line(ends[0]);
  const Fd theirs(ends[1]);
  std::vector<std::string> cgroups = new_cgroup();
  std::vector<std::string> argv{program_.native(), "--spare"};
  argv.insert(argv.end(), cgroups.begin(), cgroups.end());
  return {spawn(std::move(argv), theirs.get()), std::move(cgroups), std::move(line)};
}

void RunnerProcesses::keep_spares() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || spares_.size() >= wanted_spares_) return;
    }
    Spare spare = make_spare();
    const std::lock_guard lock(mutex_);
    spares_.push_back(std::move(spare));
  }
}

RunnerProcesses::Seat RunnerProcesses::take_seat() {
  {
    const std::lock_guard lock(mutex_);
    if (!spares_.empty()) {
      // The oldest: it has had the most time to get ready.
      Spare spare = std::move(spares_.front());
      spares_.erase(spares_.begin());
      return {std::move(spare.cgroups), std::move(spare.child), std::move(spare.line)};
    }
  }
  return {new_cgroup(), std::nullopt, Fd()};
}

void RunnerProcesses::start(Seat seat, AttemptKey key, const fs::path& directory) {
  const std::string order = directory.native() + "\n";
  const bool told = seat.spare && ::send(seat.line.get(), order.data(), order.size(),
                                         MSG_NOSIGNAL) == static_cast<ssize_t>(order.size());
  ChildProcess child =
      told ? std::move(*seat.spare) : spawn({program_.native(), directory.native()}, -1);
  Fd pidfd = open_pidfd(child.pid());
  if (!pidfd) throw_errno("pidfd_open", directory.native());
  watch(key, {std::move(child), std::move(pidfd), told ? std::move(seat.line) : Fd()});
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);  // a spare was used
}

bool RunnerProcesses::adopt(AttemptKey key, pid_t pid) {
  Fd pidfd = open_pidfd(pid);
  if (!pidfd) return false;
  watch(key, {std::nullopt, std::move(pidfd), Fd()});
  return true;
}

void RunnerProcesses::watch(AttemptKey key, Running running) {
  const std::lock_guard lock(mutex_);
  sources_[++last_number_] = {key, false};
  add_to_epoll(epoll_, running.pidfd, last_number_);
  if (running.line) {
    sources_[++last_number_] = {key, true};
    add_to_epoll(epoll_, running.line, last_number_);
  }
  running_.insert_or_assign(key, std::move(running));
}

// Closing the last descriptor takes it out of epoll; its number then names nobody.
void RunnerProcesses::unwatch(AttemptKey key) {
  const std::lock_guard lock(mutex_);
  running_.erase(key);
}

bool RunnerProcesses::watches(AttemptKey key) const {
  const std::lock_guard lock(mutex_);
  return running_.contains(key);
}

bool RunnerProcesses::signal(AttemptKey key, int signal) const {
  const std::lock_guard lock(mutex_);
  const auto running = running_.find(key);
  if (running == running_.end()) return false;
  return ::syscall(SYS_pidfd_send_signal, running->second.pidfd.get(), signal, nullptr, 0) == 0;
}

bool RunnerProcesses::kill(AttemptKey key, std::chrono::milliseconds patience) {
  (void)signal(key, SIGKILL);
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, patience, [&] { return !running_.contains(key); });
}

std::set<std::string> RunnerProcesses::cgroup_names() const {
  const std::lock_guard lock(mutex_);
  return names_;
}

void RunnerProcesses::run() {
  try {
    keep_spares();
  } catch (const Error& error) {
    log::warning("no spare runner: {}", error.what());
  }
  while (true) {
    std::array<epoll_event, 64> events{};
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    bool woken = false;
    for (int i = 0; i < count; ++i) {
      const std::uint64_t number = events[static_cast<std::size_t>(i)].data.u64;
      if (number == 0) {
        woken = true;
      } else {
        hear(number);
      }
    }
    if (!woken) continue;
    std::uint64_t times = 0;
    (void)!::read(wake_.get(), &times, sizeof times);
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    try {
      keep_spares();
    } catch (const Error& error) {
      log::warning("no spare runner: {}", error.what());  // starts are slower, nothing else
    }
  }
}

void RunnerProcesses::hear(std::uint64_t number) {
  Source source;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sources_.find(number);
    if (found == sources_.end()) return;
    source = found->second;
    sources_.erase(found);  // each speaks once
  }
  if (source.line) {
    heard_line(source.key);
  } else {
    reap(source.key);
  }
}

void RunnerProcesses::heard_line(AttemptKey key) {
  {
    const std::lock_guard lock(mutex_);
    const auto running = running_.find(key);
    if (running == running_.end()) return;
    const Fd line = std::move(running->second.line);
    char word = 0;
    if (::recv(line.get(), &word, 1, MSG_DONTWAIT) != 1) return;  // the runner ends without a word
  }
  tell(news_.empty, key);
}

void RunnerProcesses::reap(AttemptKey key) {
  {
    const std::lock_guard lock(mutex_);
    const auto running = running_.find(key);
    if (running != running_.end()) {
      if (running->second.child) running->second.child->wait();  // ended: no wait in truth
      running_.erase(running);
    }
  }
  ended_.notify_all();
  tell(news_.gone, key);
}

void RunnerProcesses::tell(const std::function<void(AttemptKey)>& whom, AttemptKey key) const {
  try {
    whom(key);
  } catch (const Error& error) {
    // The next look tells.
    log::error("attempt {} of task {}: {}", key.second, key.first.value, error.what());
  }
}

}  // namespace cloudbrain
