#include "tasks/decide.h"

#include "domain/reasons.h"

namespace cloudbrain {

namespace {

// The end of an attempt in the words of a task.
Become end_of(const Task& task, const Report& report, TimePoint now) {
  Become become{TaskState::FAILED, std::nullopt, std::nullopt, report.started_at,
                report.ended_at.value_or(now)};
  if (!report.end) {
    become.reason = reasons::node_lost();
    return become;
  }
  const End& end = *report.end;
  switch (end.cause) {
    case EndCause::exited:
      become.exit_code = end.exit_code;
      if (end.exit_code == 0) {
        become.state = TaskState::SUCCEEDED;
      } else {
        become.reason = reasons::exit_code(end.exit_code);
      }
      break;
    case EndCause::signaled:
      become.exit_code = end.exit_code;
      become.reason = reasons::killed_by_signal(end.signal);
      break;
    case EndCause::out_of_memory:
      become.exit_code = end.exit_code;
      become.reason = reasons::out_of_memory(end.memory_limit_bytes);
      break;
    case EndCause::out_of_disk:
      become.exit_code = end.exit_code;
      become.reason = reasons::out_of_disk(end.disk_limit_bytes);
      break;
    case EndCause::timeout:
      become.exit_code = end.exit_code;
      become.reason = reasons::timeout(task.request.max_runtime_s);
      break;
    case EndCause::stopped:
      become.state = TaskState::STOPPED;
      become.exit_code = end.exit_code;
      become.reason = task.reason;  // who stopped it was noted when the stop was asked for
      break;
    case EndCause::start_failed:
      become.reason = reasons::start_failed({end.detail, end.detail});
      break;
  }
  return become;
}

// A task that was asked to stop is STOPPED even where its attempt vanished.
Decision decide_stopping(const Task& task, const std::optional<Report>& report, TimePoint now) {
  if (task.attempt == 0) return Become{TaskState::STOPPED, task.reason, {}, {}, now};
  if (!report) return Look{};
  switch (report->phase) {
    case Phase::starting:
    case Phase::running:
      return PassStop{};
    case Phase::ended:
      return end_of(task, *report, now);
    case Phase::lost:
      return Become{TaskState::STOPPED, task.reason, {}, report->started_at, now};
  }
  return Nothing{};
}

Decision decide_running(const Task& task, const std::optional<Report>& report, TimePoint now) {
  if (!report) return Look{};
  switch (report->phase) {
    case Phase::starting:
    case Phase::running:
      return Nothing{};
    case Phase::ended:
    case Phase::lost:
      return end_of(task, *report, now);
  }
  return Nothing{};
}

Decision decide_preparing(const Preparation& preparation) {
  switch (preparation.step) {
    case Preparation::Step::not_asked:
      return Prepare{};
    case Preparation::Step::working:
    case Preparation::Step::held:
      return Nothing{};
    case Preparation::Step::done:
      return Become{TaskState::WAITING, std::nullopt, {}, {}, {}};
    case Preparation::Step::failed:
      return Become{TaskState::CREATED_FAILED, preparation.reason, {}, {}, {}};
  }
  return Nothing{};
}

}  // namespace

Decision decide(const Task& task, const Preparation& preparation,
                const std::optional<Report>& report, TimePoint now) {
  const std::optional<Report> current =
      report && report->attempt == task.attempt ? report : std::nullopt;
  switch (task.state) {
    case TaskState::PREPARING:
      return decide_preparing(preparation);
    case TaskState::WAITING:
      return Enqueue{};
    case TaskState::RUNNING:
      return decide_running(task, current, now);
    case TaskState::STOPPING:
      return decide_stopping(task, current, now);
    case TaskState::STOPPED:
    case TaskState::SUCCEEDED:
    case TaskState::FAILED:
    case TaskState::CREATED_FAILED:
      return Nothing{};
  }
  return Nothing{};
}

}  // namespace cloudbrain
