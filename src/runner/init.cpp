#include "runner/init.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engines/task_folder.h"
#include "runner/control.h"

namespace cloudbrain::runner {

namespace {

constexpr rlim_t kOpenFiles = 1U << 20U;  // data loaders open many; the usual soft limit is 1024

[[noreturn]] void fail(const std::string& what, int error) {
  send(kControlDescriptor, Word::failed, 0, what + ": " + std::strerror(error));
  ::_exit(127);
}

// For good: user, groups, every capability, and every way to get one back.
void leave_root(uid_t uid, std::span<const gid_t> groups) {
  const gid_t gid = groups.front();
  // The pipe of the log belongs to root; `echo > /dev/stderr` opens it anew.
  if (::fchown(STDOUT_FILENO, uid, gid) != 0) fail("fchown", errno);
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) fail("PR_CAPBSET_DROP", errno);
  }
  if (::setgroups(groups.size() - 1, groups.data() + 1) != 0) fail("setgroups", errno);
  if (::setresgid(gid, gid, gid) != 0) fail("setresgid", errno);
  if (::setresuid(uid, uid, uid) != 0) fail("setresuid", errno);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> nothing{};
  if (::syscall(SYS_capset, &header, nothing.data()) != 0) fail("capset", errno);
  if (::setuid(0) == 0) fail("setuid(0) was possible", 0);
}

// "59990,44,109": the first is its own, the others are supplementary.
std::vector<gid_t> group_numbers(const char* text) {
  std::vector<gid_t> groups;
  while (true) {
    char* end = nullptr;
    groups.push_back(static_cast<gid_t>(std::strtoul(text, &end, 10)));
    if (*end != ',') return groups;
    text = end + 1;
  }
}

void set_limits() {
  rlimit limit{0, 0};
  ::setrlimit(RLIMIT_CORE, &limit);
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < kOpenFiles) {
    limit.rlim_cur = std::min(limit.rlim_max, kOpenFiles);
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ::umask(022);
}

// Pointers into `text`, which the caller keeps.
std::vector<char*> read_environment(std::string& text) {
  std::array<char, 16384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  ssize_t count = 0;
  while ((count = ::pread(kEnvironmentDescriptor, buffer.data(), buffer.size(),
                          static_cast<off_t>(text.size()))) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  std::vector<char*> entries;
  for (std::size_t at = 0; at < text.size(); at += std::strlen(text.data() + at) + 1) {
    entries.push_back(text.data() + at);
  }
  entries.push_back(nullptr);
  return entries;
}

// bubblewrap has put the filter in force by itself; an OCI runtime would have to be given it as
// names of calls, to translate them anew at each start.
void filter_system_calls() {
  struct stat status{};
  if (::fstat(kSeccompDescriptor, &status) != 0) fail("seccomp", errno);
  std::vector<sock_filter> filter(static_cast<std::size_t>(status.st_size) / sizeof(sock_filter));
  const std::size_t bytes = filter.size() * sizeof(sock_filter);
  if (::pread(kSeccompDescriptor, filter.data(), bytes, 0) != static_cast<ssize_t>(bytes))
    fail("seccomp", errno);
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("PR_SET_NO_NEW_PRIVS", errno);
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) fail("seccomp", errno);
}

pid_t start_script(std::span<char*> command, const sigset_t& unblocked) {
  std::string text;
  std::vector<char*> environment = read_environment(text);
  ::environ = environment.data();  // posix_spawnp looks for the program along *its* PATH
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigmask(&attributes, &unblocked);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, command.front(), nullptr, &attributes, command.data(),
                                   environment.data());
  if (error != 0) fail(command.front(), error);
  return pid;
}

// True once the script is gone; `status` has its end.
bool reap(pid_t script, int& status) {
  bool gone = false;
  int one = 0;
  pid_t pid = 0;
  while ((pid = ::waitpid(-1, &one, WNOHANG)) > 0) {
    if (pid == script) {
      status = one;
      gone = true;
    }
  }
  return gone;
}

int watch_script(pid_t script, const Fd& children) {
  int status = 0;
  while (true) {
    std::array<pollfd, 2> waits{pollfd{children.get(), POLLIN, 0},
                                pollfd{kControlDescriptor, POLLIN, 0}};
    ::poll(waits.data(), waits.size(), -1);
    if (waits[1].revents != 0) {
      const std::optional<Message> message = receive(kControlDescriptor);
      if (!message) return 1;
      if (message->word == Word::terminate) ::kill(-1, SIGTERM);  // everyone here but us
    }
    if (waits[0].revents == 0) continue;
    signalfd_siginfo info{};
    (void)!::read(children.get(), &info, sizeof info);
    if (reap(script, status)) break;
  }
  send(kControlDescriptor, Word::ended, status);
  return 0;
}

}  // namespace

int run_init(std::span<char*> arguments) {
  // Nothing of ours is left open in the script.
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (arguments.size() < 6 || std::string_view(arguments[4]) != "--") return 2;
  if (std::string_view(arguments[0]) != "-") {
    leave_root(static_cast<uid_t>(std::strtoul(arguments[0], nullptr, 10)),
               group_numbers(arguments[1]));
  }
  // The script has our user now: it may neither trace us nor look into our descriptors.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  ::mkdir(arguments[2], 0700);
  set_limits();
  if (std::string_view(arguments[3]) == "filter") filter_system_calls();
  sigset_t child, before;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, &before);
  const Fd children(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  pollfd runner{kControlDescriptor, 0, 0};
  if (::poll(&runner, 1, 0) > 0) return 1;  // it is gone already
  const pid_t script = start_script(arguments.subspan(5), before);
  send(kControlDescriptor, Word::started);
  return watch_script(script, children);
}

}  // namespace cloudbrain::runner
