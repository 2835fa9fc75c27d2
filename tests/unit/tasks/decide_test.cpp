// decide() as a table: task, what the engine says, what comes next.
#include "tasks/decide.h"

#include <gmock/gmock.h>

#include "domain/reasons.h"

namespace cloudbrain {
namespace {

using Step = Preparation::Step;
const TimePoint kNow{std::chrono::seconds{1'700'000'000}};

Task task_in(TaskState state, int attempt = 1) {
  Task task;
  task.id = TaskId{7};
  task.state = state;
  task.attempt = attempt;
  task.request.max_runtime_s = 60;
  return task;
}

Report report_of(Phase phase, int attempt = 1) {
  Report report;
  report.task = TaskId{7};
  report.attempt = attempt;
  report.phase = phase;
  return report;
}

Report ended(End end) {
  Report report = report_of(Phase::ended);
  report.end = std::move(end);
  report.ended_at = kNow - std::chrono::seconds(3);
  return report;
}

template <typename Expected>
bool decides(const Task& task, const Preparation& preparation,
             const std::optional<Report>& report) {
  return std::holds_alternative<Expected>(decide(task, preparation, report, kNow));
}

Become become_of(const Task& task, const std::optional<Report>& report,
                 Preparation preparation = {}) {
  const Decision decision = decide(task, preparation, report, kNow);
  EXPECT_TRUE(std::holds_alternative<Become>(decision));
  return std::get<Become>(decision);
}

TEST(Decide, PreparesATaskThatNobodyWorksAt) {
  const Task task = task_in(TaskState::PREPARING, 0);
  EXPECT_TRUE(decides<Prepare>(task, {Step::not_asked, {}}, {}));
  EXPECT_TRUE(decides<Nothing>(task, {Step::working, {}}, {}));
  EXPECT_TRUE(decides<Nothing>(task, {Step::held, reasons::unpacking_dataset("a.zip")}, {}));
}

TEST(Decide, APreparedTaskWaitsAndAFailedPreparationEndsIt) {
  const Task task = task_in(TaskState::PREPARING, 0);
  EXPECT_EQ(become_of(task, {}, {Step::done, {}}).state, TaskState::WAITING);
  const Reason reason = reasons::dataset_failed("a.zip", {"bad", "坏"});
  const Become failed = become_of(task, {}, {Step::failed, reason});
  EXPECT_EQ(failed.state, TaskState::CREATED_FAILED);
  EXPECT_EQ(failed.reason, reason);
}

TEST(Decide, AWaitingTaskStandsInTheQueue) {
  EXPECT_TRUE(decides<Enqueue>(task_in(TaskState::WAITING), {}, {}));
}

TEST(Decide, ARunningTaskIsLookedAtAndLeftAloneWhileItRuns) {
  const Task task = task_in(TaskState::RUNNING);
  EXPECT_TRUE(decides<Look>(task, {}, {}));
  EXPECT_TRUE(decides<Nothing>(task, {}, report_of(Phase::starting)));
  EXPECT_TRUE(decides<Nothing>(task, {}, report_of(Phase::running)));
}

TEST(Decide, AReportOfAnotherAttemptIsDropped) {
  EXPECT_TRUE(decides<Look>(task_in(TaskState::RUNNING, 2), {}, report_of(Phase::lost, 1)));
}

TEST(Decide, EachEndHasItsReason) {
  const Task task = task_in(TaskState::RUNNING);
  const auto end_with = [&](End end) { return become_of(task, ended(std::move(end))); };

  const Become good = end_with({.cause = EndCause::exited, .exit_code = 0});
  EXPECT_EQ(good.state, TaskState::SUCCEEDED);
  EXPECT_FALSE(good.reason.has_value());
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.ended_at, kNow - std::chrono::seconds(3));

  const auto code_of = [&](End end) {
    const Become become = end_with(std::move(end));
    EXPECT_EQ(become.state, TaskState::FAILED);
    return become.reason.value_or(Reason{}).code;
  };
  EXPECT_EQ(code_of({.cause = EndCause::exited, .exit_code = 3}), "exit_code");
  EXPECT_EQ(code_of({.cause = EndCause::signaled, .exit_code = 139, .signal = 11}), "signal");
  EXPECT_EQ(code_of({.cause = EndCause::out_of_memory, .exit_code = 137}), "out_of_memory");
  EXPECT_EQ(code_of({.cause = EndCause::timeout, .exit_code = 143}), "timeout");
  EXPECT_EQ(code_of({.cause = EndCause::start_failed, .detail = "no bwrap"}), "start_failed");
}

TEST(Decide, AVanishedRunnerLosesARunningTask) {
  const Become lost = become_of(task_in(TaskState::RUNNING), report_of(Phase::lost));
  EXPECT_EQ(lost.state, TaskState::FAILED);
  EXPECT_EQ(lost.reason->code, "node_lost");
}

TEST(Decide, AStopIsPassedOnWhileTheScriptRuns) {
  const Task task = task_in(TaskState::STOPPING);
  EXPECT_TRUE(decides<Look>(task, {}, {}));
  EXPECT_TRUE(decides<PassStop>(task, {}, report_of(Phase::running)));
}

TEST(Decide, AStoppedTaskKeepsWhoStoppedIt) {
  Task task = task_in(TaskState::STOPPING);
  task.reason = reasons::stopped_by_user("ann");
  const Become stopped = become_of(task, ended({.cause = EndCause::stopped, .exit_code = 143}));
  EXPECT_EQ(stopped.state, TaskState::STOPPED);
  EXPECT_EQ(stopped.reason, task.reason);
  EXPECT_EQ(become_of(task, report_of(Phase::lost)).state, TaskState::STOPPED);
}

TEST(Decide, AScriptThatEndsBeforeTheStopReachesItKeepsItsTrueEnd) {
  const Become become =
      become_of(task_in(TaskState::STOPPING), ended({.cause = EndCause::exited, .exit_code = 0}));
  EXPECT_EQ(become.state, TaskState::SUCCEEDED);
}

TEST(Decide, ATaskThatNeverStartedStopsAtOnce) {
  EXPECT_EQ(become_of(task_in(TaskState::STOPPING, 0), {}).state, TaskState::STOPPED);
}

TEST(Decide, NothingFollowsAnEnd) {
  for (const TaskState state :
       {TaskState::STOPPED, TaskState::SUCCEEDED, TaskState::FAILED, TaskState::CREATED_FAILED}) {
    EXPECT_TRUE(decides<Nothing>(task_in(state), {Step::done, {}}, report_of(Phase::lost)));
  }
}

}  // namespace
}  // namespace cloudbrain
