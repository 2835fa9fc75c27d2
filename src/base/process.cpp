#include "base/process.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

namespace {

struct Pipe {
  Fd read, write;
  static Pipe make() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("pipe2", "");
    return {Fd(ends[0]), Fd(ends[1])};
  }
};

std::vector<std::string> environment_of(const ProcessOptions& options) {
  std::map<std::string, std::string> merged;
  if (options.clean_environment) {
    const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody calls setenv
    merged["PATH"] = path != nullptr ? path : "/usr/sbin:/usr/bin:/sbin:/bin";
  } else {
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view text(*entry);
      const std::size_t equals = text.find('=');
      if (equals == std::string_view::npos) continue;
      merged.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  for (const auto& [name, value] : options.environment) {
    if (value.empty()) {
      merged.erase(name);
    } else {
      merged[name] = value;
    }
  }
  std::vector<std::string> entries;
  entries.reserve(merged.size());
  for (const auto& [name, value] : merged) entries.push_back(fmt::format("{}={}", name, value));
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// RAII around posix_spawn's two C structs.
struct SpawnPlan {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};

  SpawnPlan() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
};

ExitStatus decode(int status) {
  if (WIFSIGNALED(status)) return {128 + WTERMSIG(status), WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

void set_nonblocking(const Fd& fd) {
  ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
}

// Reads what is there; false at the end of the stream.
bool drain(Fd& fd, std::string& into, std::size_t limit) {
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  if (count == 0) return false;
  const std::size_t room = limit - std::min(limit, into.size());
  into.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  return true;
}

using SteadyClock = std::chrono::steady_clock;

int milliseconds_until(SteadyClock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
  return static_cast<int>(
      std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max()));
}

// False where the deadline comes before the child's end. Needed because a child can close both
// streams and run on.
bool ends_before(pid_t pid, SteadyClock::time_point deadline) {
  const Fd end(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!end) throw_errno("pidfd_open", std::to_string(pid));
  pollfd wait{end.get(), POLLIN, 0};
  while (true) {
    const int ready = ::poll(&wait, 1, milliseconds_until(deadline));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) throw_errno("poll", std::to_string(pid));
  }
}

}  // namespace

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      error_(std::move(other.error_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(input_, other.input_);
  std::swap(output_, other.output_);
  std::swap(error_, other.error_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

ChildProcess ChildProcess::start(const ProcessOptions& options, Streams streams) {
  SpawnPlan plan;
  ChildProcess child;
  Pipe input, output, error;
  if (streams.input_fd >= 0) {
    posix_spawn_file_actions_adddup2(&plan.actions, streams.input_fd, 0);
  } else if (streams.input) {
    input = Pipe::make();
    posix_spawn_file_actions_adddup2(&plan.actions, input.read.get(), 0);
  } else {
    posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0);
  }
  if (streams.output_fd >= 0) {
    posix_spawn_file_actions_adddup2(&plan.actions, streams.output_fd, 1);
  } else if (streams.output) {
    output = Pipe::make();
    posix_spawn_file_actions_adddup2(&plan.actions, output.write.get(), 1);
  }
  if (streams.error) {
    error = Pipe::make();
    posix_spawn_file_actions_adddup2(&plan.actions, error.write.get(), 2);
  }
  if (!options.working_directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&plan.actions, options.working_directory.c_str());
  }
  // The child starts with default signal actions and nothing blocked, whatever we set for
  // ourselves.
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (options.new_session) flags = static_cast<short>(flags | POSIX_SPAWN_SETSID);
  sigset_t set;
  sigemptyset(&set);
  posix_spawnattr_setsigmask(&plan.attributes, &set);
  sigfillset(&set);
  posix_spawnattr_setsigdefault(&plan.attributes, &set);
  posix_spawnattr_setflags(&plan.attributes, flags);

  std::vector<std::string> argv = options.argv;
  std::vector<std::string> environment = environment_of(options);
  const int result =
      ::posix_spawnp(&child.pid_, argv.front().c_str(), &plan.actions, &plan.attributes,
                     pointers_to(argv).data(), pointers_to(environment).data());
  if (result != 0) {
    child.pid_ = -1;
    throw_errno("start", argv.front(), result);
  }
  child.input_ = std::move(input.write);
  child.output_ = std::move(output.read);
  child.error_ = std::move(error.read);
  return child;
}

ExitStatus ChildProcess::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) break;
  }
  pid_ = -1;
  return decode(status);
}

void ChildProcess::kill(int signal) {
  if (pid_ > 0) ::kill(pid_, signal);
}

void ChildProcess::detach() {
  pid_ = -1;
}

ProcessResult run_process(const ProcessOptions& options, std::string_view input,
                          std::chrono::milliseconds timeout, std::size_t limit) {
  const auto deadline = SteadyClock::now() + timeout;
  ChildProcess child =
      ChildProcess::start(options, {.input = !input.empty(), .output = true, .error = true});
  for (const Fd* fd : {&child.input(), &child.output(), &child.error()}) {
    if (*fd) set_nonblocking(*fd);
  }
  ProcessResult result;
  while (child.output() || child.error()) {
    std::array<pollfd, 3> waits{pollfd{child.input().get(), POLLOUT, 0},
                                pollfd{child.output().get(), POLLIN, 0},
                                pollfd{child.error().get(), POLLIN, 0}};
    const int left = milliseconds_until(deadline);
    if (left == 0) break;
    if (::poll(waits.data(), waits.size(), left) < 0) continue;
    if (waits[0].revents != 0) {
      const ssize_t count = ::write(child.input().get(), input.data(), input.size());
      if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
      const bool closed = count < 0 && errno != EAGAIN && errno != EINTR;
      if (input.empty() || closed) child.input().reset();
    }
    if (waits[1].revents != 0 && !drain(child.output(), result.output, limit))
      child.output().reset();
    if (waits[2].revents != 0 && !drain(child.error(), result.error, limit)) child.error().reset();
  }
  child.input().reset();
  if (!ends_before(child.pid(), deadline)) child.kill(SIGKILL);
  result.status = child.wait();
  return result;
}

std::optional<fs::path> find_program(std::string_view name) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody calls setenv
  std::string_view rest = path != nullptr ? path : "/usr/bin:/bin";
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    fs::path candidate = fs::path(rest.substr(0, colon)) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

}  // namespace cloudbrain
