// The small program that stays beside a running task and outlives the server.
//
//   cloudbrain-runner DIR                  runs the attempt whose directory this is
//   cloudbrain-runner --spare CGROUP…      makes the cgroup, then waits for a line with DIR
//   cloudbrain-runner --init …             process 1 of the sandbox: init.h
//
// docs/formats/task-folder.md tells what it reads and writes.
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/attempt_files.h"
#include "runner/command.h"
#include "runner/init.h"
#include "runner/log_writer.h"
#include "runner/records.h"
#include "runner/watch.h"

namespace cloudbrain::runner {

namespace {

// Nothing of whoever started us stays with us: no descriptor (it may be a listening socket), no
// terminal, no working directory, no signal that would end us.
void leave_server() {
  ::close_range(3, ~0U, 0);
  ::setsid();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  sigset_t set;
  ::sigfillset(&set);
  ::sigprocmask(SIG_SETMASK, &set, nullptr);
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, STDOUT_FILENO);
  ::dup2(null, STDERR_FILENO);
  if (null > STDERR_FILENO) ::close(null);
}

// Whoever started us: tells a spare runner its task, and hears when that task has left its room.
class Server {
 public:
  // Takes standard input away from all that we start.
  Server() : line_(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) {
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, STDIN_FILENO);
    if (null != STDIN_FILENO) ::close(null);
  }

  // The directory of the task, once there is one; empty where the server is gone.
  std::string wait_for_task() const {
    std::string line;
    char c = 0;
    while (::read(line_.get(), &c, 1) == 1) {
      if (c == '\n') return line;
      line.push_back(c);
    }
    return {};
  }

  // Nothing of the task runs any more: the next one may start while this one's record is written,
  // which waits for the disk.
  void tell_room() const { (void)::send(line_.get(), "\n", 1, MSG_NOSIGNAL | MSG_DONTWAIT); }

 private:
  Fd line_;
};

ExitRecord never_ran(const char* cause, const std::string& detail = {}) {
  ExitRecord record;
  record.cause = cause;
  record.detail = detail;
  record.started_at = record.ended_at = now();
  return record;
}

// Without the command and its variables, which the starter reads for itself: they may be megabytes,
// and would lie here for as long as the script runs.
RunnerOrders read_orders(const AttemptFiles& files) {
  RunnerOrders orders = parse_orders(files.read("launch.json").value_or(""));
  std::exchange(orders.command, {});
  std::exchange(orders.environment, {});
  ::malloc_trim(0);
  return orders;
}

ExitRecord run_script(const AttemptFiles& files, const std::string& directory,
                      std::optional<Command> command, const Server& server) {
  const RunnerOrders orders = read_orders(files);
  LogWriter log(files.append("log"), orders.limits.log_bytes);
  if (command && command->cgroup().directories() != orders.cgroups) {
    // A server that came after the one that started us has chosen another place.
    command->discard();
    command.reset();
  }
  if (!command) command = Command::prepare(Cgroup(orders.cgroups));
  if (!command) return never_ran("start_failed", "the machine has no room for another process");
  const std::string problem = command->cgroup().limit(orders.limits);
  if (!problem.empty()) log.note("A limit could not be set: " + problem, "有资源限制未能生效。");
  command->cgroup().allow_devices(orders.device_rules);
  if (files.stop_grace()) {  // asked for before there was anything to stop
    command->discard();
    return never_ran("stopped");
  }
  command->go(directory);
  ExitRecord record = Watch(files, orders, *command, log).run();
  const Cgroup::Usage usage = command->cgroup().usage();
  record.cpu_ms = usage.cpu_us / 1000;
  record.peak_memory_bytes = usage.peak_memory_bytes;
  if (command->cgroup().remove(kRemovePatience)) server.tell_room();
  log.finish();
  return record;
}

int run(std::span<char*> arguments) {
  leave_server();
  const Server server;
  std::string directory = arguments[0];
  std::optional<Command> command;
  if (directory == "--spare") {
    command = Command::prepare(Cgroup({arguments.begin() + 1, arguments.end()}));
    directory = server.wait_for_task();
  }
  std::optional<AttemptFiles> files;
  if (!directory.empty()) files = AttemptFiles::claim(directory);
  if (!files) {
    if (command) command->discard();
    return 0;
  }
  ExitRecord record;
  try {
    record = run_script(*files, directory, std::move(command), server);
  } catch (const std::exception& error) {
    record = never_ran("start_failed", "launch.json: " + std::string(error.what()));
  }
  files->write_exit(record);
  return 0;
}

}  // namespace

}  // namespace cloudbrain::runner

// libstdc++ prints the exception that nobody caught, with a demangler of 50 KB; our streams are
// /dev/null.
namespace __gnu_cxx {
void __verbose_terminate_handler() {
  std::abort();
}
}  // namespace __gnu_cxx

int main(int count, char** values) {
  const std::span<char*> arguments(values + 1, values + count);
  if (arguments.empty()) return 2;
  if (std::string_view(arguments[0]) == "--init") {
    return cloudbrain::runner::run_init(arguments.subspan(1));
  }
  return cloudbrain::runner::run(arguments);
}
