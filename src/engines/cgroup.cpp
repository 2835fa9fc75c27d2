#include "engines/cgroup.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cloudbrain {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t kPeriodMicroseconds = 100'000;  // of CPU limits: the kernel's default

std::string read_text(const std::string& path) {
  std::string text;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return text;
  std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  ssize_t count = 0;
  while ((count = ::read(fd, buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(fd);
  return text;
}

// errno, or 0. A file that is not there is another version's, or another hierarchy's: ENOENT.
int write_text(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  const ssize_t count = ::write(fd, text.data(), text.size());
  const int error = count < 0 ? errno : 0;
  ::close(fd);
  return error;
}

void add_problem(std::string& problems, const std::string& path, int error) {
  if (!problems.empty()) problems += "; ";
  problems += path + ": " + std::strerror(error);
}

std::int64_t read_number(const std::string& path) {
  return std::strtoll(read_text(path).c_str(), nullptr, 10);
}

// The number behind `name` in a file of "name number" lines.
std::int64_t read_field(const std::string& path, const std::string& name) {
  const std::string text = "\n" + read_text(path);
  const std::size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) return 0;
  return std::strtoll(text.c_str() + at + name.size() + 2, nullptr, 10);
}

void kill_processes(const std::string& directory) {
  if (write_text(directory + "/cgroup.kill", "1") == 0) return;  // v2
  const std::string processes = read_text(directory + "/cgroup.procs");
  for (const char* at = processes.c_str(); *at != '\0';) {
    char* end = nullptr;
    const long pid = std::strtol(at, &end, 10);
    if (end == at) break;
    // 0 stands for a process in a PID namespace that we cannot see into.
    if (pid > 1) ::kill(static_cast<pid_t>(pid), SIGKILL);
    at = end + 1;
  }
}

}  // namespace

Cgroup::Cgroup(std::vector<std::string> directories) : directories_(std::move(directories)) {}

std::string Cgroup::make() const {
  std::string problems;
  for (const std::string& directory : directories_) {
    if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
      add_problem(problems, directory, errno);
    }
  }
  return problems;
}

std::string Cgroup::limit(const Limits& limits) const {
  std::string problems;
  const auto set = [&](const char* file, const std::string& value) {
    for (const std::string& directory : directories_) {
      const std::string path = directory + "/" + file;
      const int error = write_text(path, value);
      if (error != 0 && error != ENOENT) add_problem(problems, path, error);
    }
  };
  if (limits.memory_bytes > 0) {
    const std::string bytes = std::to_string(limits.memory_bytes);
    set("memory.max", bytes);
    set("memory.swap.max", "0");
    set("memory.limit_in_bytes", bytes);
    set("memory.memsw.limit_in_bytes", bytes);  // after the one above: it may not be lower
  }
  if (limits.cpus > 0) {
    const auto microseconds = static_cast<std::int64_t>(limits.cpus * kPeriodMicroseconds);
    const std::string quota = std::to_string(microseconds < 1000 ? 1000 : microseconds);
    set("cpu.max", quota + " " + std::to_string(kPeriodMicroseconds));
    set("cpu.cfs_quota_us", quota);
  }
  if (limits.pids > 0) set("pids.max", std::to_string(limits.pids));
  return problems;
}

void Cgroup::allow_devices(const std::vector<std::string>& rules) const {
  if (rules.empty()) return;
  for (const std::string& directory : directories_) {
    if (write_text(directory + "/devices.deny", "a") != 0) continue;
    for (const std::string& rule : rules) {
      // A container's own whitelist may have less than ours: what it keeps from us, it keeps from
      // the task.
      (void)write_text(directory + "/devices.allow", rule);
    }
  }
}

std::string Cgroup::join() const {
  std::string problems;
  for (const std::string& directory : directories_) {
    const std::string path = directory + "/cgroup.procs";
    const int error = write_text(path, "0");  // 0: whoever writes
    if (error != 0) add_problem(problems, path, error);
  }
  return problems;
}

Cgroup::Usage Cgroup::usage() const {
  Usage usage;
  // Every hierarchy is asked for everything of both versions: a file that is missing reads as 0.
  // The largest counts, for on mixed machines two of them may tell the same.
  for (const std::string& directory : directories_) {
    const auto raise = [](std::int64_t& to, std::int64_t value) { to = std::max(to, value); };
    const auto resident = [&](const char* file, const char* cache) {
      const std::int64_t bytes = read_number(directory + file);
      return bytes > 0 ? bytes - std::min(bytes, read_field(directory + "/memory.stat", cache)) : 0;
    };
    raise(usage.cpu_us, read_field(directory + "/cpu.stat", "usage_usec"));
    raise(usage.cpu_us, read_number(directory + "/cpuacct.usage") / 1000);
    raise(usage.memory_bytes, resident("/memory.current", "inactive_file"));
    raise(usage.memory_bytes, resident("/memory.usage_in_bytes", "total_inactive_file"));
    raise(usage.peak_memory_bytes, read_number(directory + "/memory.peak"));
    raise(usage.peak_memory_bytes, read_number(directory + "/memory.max_usage_in_bytes"));
    raise(usage.processes, read_number(directory + "/pids.current"));
    raise(usage.oom_kills, read_field(directory + "/memory.events", "oom_kill"));
    raise(usage.oom_kills, read_field(directory + "/memory.oom_control", "oom_kill"));
  }
  return usage;
}

bool Cgroup::remove(std::chrono::milliseconds patience) const {
  const SteadyClock::time_point deadline = SteadyClock::now() + patience;
  int pause_ms = 1;
  while (true) {
    bool gone = true;
    for (const std::string& directory : directories_) {
      if (::rmdir(directory.c_str()) == 0 || errno == ENOENT) continue;
      gone = false;
      kill_processes(directory);
    }
    if (gone) return true;
    if (SteadyClock::now() >= deadline) return false;
    // A killed process leaves its cgroup a moment later; nothing tells when on v1.
    ::poll(nullptr, 0, pause_ms);
    pause_ms = pause_ms < 50 ? pause_ms * 2 : 50;
  }
}

}  // namespace cloudbrain
