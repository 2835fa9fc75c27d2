#include "engines/local/attempt_folder.h"

#include <charconv>

#include <boost/describe/enum.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/log.h"

namespace cloudbrain {

BOOST_DESCRIBE_ENUM(EndCause, exited, signaled, out_of_memory, out_of_disk, timeout, stopped,
                    start_failed)

void AttemptFolder::write_orders(const RunnerOrders& orders) const {
  // Not synced: after a power failure the task is lost anyway.
  write_file_atomic(directory_ / "launch.json", to_text(to_json(orders)), Durable::no, 0640);
}

std::optional<RunnerOrders> AttemptFolder::orders() const {
  const std::optional<std::string> text = try_read_file(directory_ / "launch.json");
  if (!text) return std::nullopt;
  try {
    return from_json<RunnerOrders>(parse_json(*text), UnknownMembers::ignore);
  } catch (const Error& error) {
    log::error("{}: {}", (directory_ / "launch.json").native(), error.what());
    return std::nullopt;
  }
}

bool AttemptFolder::has_runner() const {
  const Fd fd = try_open_file(directory_ / "pid", O_RDONLY);
  if (!fd) return false;
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool AttemptFolder::taken() const {
  return fs::exists(directory_ / "pid");
}

bool AttemptFolder::fence() const {
  const Fd fd(::open((directory_ / "pid").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  return static_cast<bool>(fd);
}

std::optional<pid_t> AttemptFolder::runner_pid() const {
  const std::string text = try_read_file(directory_ / "pid").value_or("");
  pid_t pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid > 0 ? std::optional(pid) : std::nullopt;
}

std::optional<Report> AttemptFolder::ended(TaskId task, int attempt) const {
  const std::optional<std::string> text = try_read_file(directory_ / "exit");
  if (!text) return std::nullopt;
  Report report{task, attempt, Phase::ended, std::nullopt, std::nullopt, End{}};
  End& end = *report.end;
  try {
    const auto record = from_json<ExitRecord>(parse_json(*text), UnknownMembers::ignore);
    const std::optional<EndCause> cause = enum_from_name<EndCause>(record.cause);
    end = {cause.value_or(EndCause::start_failed),
           record.exit_code,
           record.signal,
           0,
           0,
           record.detail};
    report.started_at = record.started_at;
    report.ended_at = record.ended_at;
  } catch (const Error& error) {
    log::error("{}: {}", (directory_ / "exit").native(), error.what());
    end = {EndCause::start_failed,
           0,
           0,
           0,
           0,
           fmt::format("the exit file is damaged: {}", error.what())};
  }
  if (end.cause == EndCause::out_of_memory || end.cause == EndCause::out_of_disk) {
    const Limits limits = orders().value_or(RunnerOrders{}).limits;
    end.memory_limit_bytes = limits.memory_bytes;
    end.disk_limit_bytes = limits.disk_bytes;
  }
  return report;
}

Report AttemptFolder::look(TaskId task, int attempt) const {
  if (auto report = ended(task, attempt)) return *report;
  Report report{task, attempt, Phase::starting, std::nullopt, std::nullopt, std::nullopt};
  if (has_runner()) {
    struct stat status{};
    if (::stat((directory_ / "pid").c_str(), &status) == 0) {
      report.phase = Phase::running;
      const auto since = std::chrono::seconds{status.st_mtim.tv_sec} +
                         std::chrono::nanoseconds{status.st_mtim.tv_nsec};
      report.started_at = TimePoint{std::chrono::floor<std::chrono::milliseconds>(since)};
    }
    return report;
  }
  // The runner may have ended between the two looks above.
  if (auto late = ended(task, attempt)) return *late;
  report.phase = Phase::lost;
  return report;
}

void AttemptFolder::ask_to_stop(std::chrono::seconds grace) const {
  write_file_atomic(directory_ / "stop", fmt::format("{}\n", grace.count()), Durable::yes, 0640);
}

}  // namespace cloudbrain
