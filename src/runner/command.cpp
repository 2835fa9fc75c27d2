#include "runner/command.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/attempt_files.h"
#include "runner/control.h"
#include "runner/records.h"
#include "runner/root.h"

namespace cloudbrain::runner {

namespace {

[[noreturn]] void give_up(int control, const std::string& why) {
  send(control, Word::failed, 0, why);
  ::_exit(127);
}

std::string why(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

// Signals as a program expects to find them.
void reset_signals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

std::string read_file(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 16384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  ssize_t count = 0;
  while ((count = ::read(fd.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// The script's variables do not go through the command's environment: a loader's variable in it
// (LD_PRELOAD) would act on bwrap, outside of the sandbox, and arguments are for everyone to see.
Fd environment_file(const std::map<std::string, std::string>& environment) {
  std::string text;
  for (const auto& [name, value] : environment) {
    text.append(name).append("=").append(value).push_back('\0');
  }
  Fd fd(static_cast<int>(::syscall(SYS_memfd_create, "environment", MFD_CLOEXEC)));
  if (fd && ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return {};
  return fd;
}

// Puts descriptors where the command looks for them. Each is first moved out of the way of the
// others.
struct Placement {
  const Fd& from;
  int to;
};
bool place(std::initializer_list<Placement> placements) {
  std::vector<std::pair<Fd, int>> moved;
  for (const auto& [from, to] : placements) {
    if (!from) continue;
    moved.emplace_back(Fd(::fcntl(from.get(), F_DUPFD_CLOEXEC, 20)), to);
  }
  for (const auto& [from, to] : moved) {
    if (!from || ::dup2(from.get(), to) < 0) return false;
  }
  return true;
}

[[noreturn]] void become_command(const std::string& directory, const Fd& output,
                                 const Fd& control) {
  RunnerOrders orders;
  try {
    orders = parse_orders(read_file(directory + "/launch.json"));
  } catch (const std::exception& error) {
    give_up(control.get(), "launch.json: " + std::string(error.what()));
  }
  if (orders.command.empty()) give_up(control.get(), "launch.json: no command");
  if (orders.limits.disk_bytes > 0) {
    const auto bytes = static_cast<rlim_t>(orders.limits.disk_bytes);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  const Fd environment = environment_file(orders.environment);
  if (!environment) give_up(control.get(), why("memfd_create"));
  Fd seccomp;
  if (!orders.seccomp.empty()) {
    seccomp = Fd(::open(orders.seccomp.c_str(), O_RDONLY | O_CLOEXEC));
    if (!seccomp) give_up(control.get(), why(orders.seccomp));
  }
  const Fd self(::open("/proc/self/exe", O_PATH | O_CLOEXEC));
  Fd nothing;  // an OCI runtime passes descriptors on from 3, without gaps
  if (!orders.root.lower.empty()) {
    const std::string problem = make_root(orders.root, output.get());
    if (!problem.empty()) give_up(control.get(), problem);
    nothing = Fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  }
  std::vector<char*> argv;
  argv.reserve(orders.command.size() + 1);
  for (std::string& argument : orders.command) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<char*, 1> no_environment{nullptr};
  if (!place({{output, STDOUT_FILENO},
              {output, STDERR_FILENO},
              {nothing, 3},
              {nothing, 4},
              {nothing, 5},
              {self, kInitDescriptor},
              {environment, kEnvironmentDescriptor},
              {control, kControlDescriptor},
              {seccomp, kSeccompDescriptor}})) {
    give_up(control.get(), why("dup2"));
  }
  ::execve(argv[0], argv.data(), no_environment.data());
  give_up(kControlDescriptor, why(orders.command[0]));
}

// Above all not the runner's lock: it is to end with the runner, not with us.
void keep_only(int one, int other) {
  const auto first = static_cast<unsigned>(std::min(one, other));
  const auto second = static_cast<unsigned>(std::max(one, other));
  if (first > 3) ::close_range(3, first - 1, 0);
  if (second > first + 1) ::close_range(first + 1, second - 1, 0);
  ::close_range(second + 1, ~0U, 0);
}

[[noreturn]] void run_starter(const Cgroup& cgroup, pid_t runner, const Fd& output,
                              const Fd& control) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != runner) ::_exit(127);  // it died before the line above
  keep_only(output.get(), control.get());
  reset_signals();
  send(control.get(), Word::ready, 0, cgroup.join());
  const std::optional<Message> message = receive(control.get());
  if (!message || message->word != Word::go) ::_exit(127);
  become_command(message->text, output, control);
}

}  // namespace

void kill_children() {
  const std::string children = read_file("/proc/thread-self/children");
  for (const char* at = children.c_str(); *at != '\0';) {
    char* end = nullptr;
    const long pid = std::strtol(at, &end, 10);
    if (end == at) return;
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    at = end;
  }
}

Command::Command(pid_t pid, Cgroup cgroup, std::string problem, Fd output, Fd control)
    : pid_(pid),
      cgroup_(std::move(cgroup)),
      cgroup_problem_(std::move(problem)),
      output_(std::move(output)),
      control_(std::move(control)) {}

std::optional<Command> Command::prepare(Cgroup cgroup) {
  std::array<int, 2> pipe{};
  std::optional<std::pair<Fd, Fd>> control = make_control();
  if (!control || ::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::nullopt;
  Fd read_end(pipe[0]);
  const Fd write_end(pipe[1]);
  std::string problem = cgroup.make();
  const pid_t runner = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return std::nullopt;
  if (pid == 0) {
    control->first.reset();  // else the end of the runner would not be seen
    read_end.reset();
    run_starter(cgroup, runner, write_end, control->second);
  }
  return Command(pid, std::move(cgroup), std::move(problem), std::move(read_end),
                 std::move(control->first));
}

void Command::go(const std::string& directory) const {
  send(control(), Word::go, 0, directory);
}

void Command::discard() const {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  (void)cgroup_.remove(kRemovePatience);
}

}  // namespace cloudbrain::runner
