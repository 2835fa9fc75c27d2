// How an attempt ends, and that each way is told apart.
#include <signal.h>

#include "base/json.h"
#include "local_machine.h"

namespace cloudbrain {
namespace {

using std::chrono::seconds;
using testing::can_limit;
using testing::eventually;
using testing::kMiB;
using testing::LocalMachine;

TEST(End, AnExitCodeIsKept) {
  LocalMachine machine;
  for (const int code : {0, 1, 3, 127, 255}) {
    const auto outcome = machine.run_shell("exit " + std::to_string(code));
    EXPECT_EQ(outcome.end.cause, EndCause::exited);
    EXPECT_EQ(outcome.end.exit_code, code);
    EXPECT_EQ(outcome.end.signal, 0);
  }
}

TEST(End, ASignalIsNoExitCodeAndAnExitCodeNoSignal) {
  LocalMachine machine;
  const auto killed = machine.run_shell("kill -KILL $$");
  EXPECT_EQ(killed.end.cause, EndCause::signaled);
  EXPECT_EQ(killed.end.signal, SIGKILL);
  EXPECT_EQ(killed.end.exit_code, 128 + SIGKILL);
  const auto crashed = machine.run_shell("kill -SEGV $$");
  EXPECT_EQ(crashed.end.cause, EndCause::signaled);
  EXPECT_EQ(crashed.end.signal, SIGSEGV);
  const auto exited = machine.run_shell("exit 137");
  EXPECT_EQ(exited.end.cause, EndCause::exited) << "only a look at wait() can tell";
  EXPECT_EQ(exited.end.exit_code, 137);
}

TEST(End, TooMuchMemoryIsToldApart) {
  if (!can_limit("memory")) GTEST_SKIP() << "memory can't be limited here";
  LocalMachine machine;
  Launch launch = machine.launch({"python3", "-c", "x = bytearray(200 << 20); print(len(x))"});
  launch.limits.memory_bytes = 64 * kMiB;
  const auto outcome = machine.run(launch);
  EXPECT_EQ(outcome.end.cause, EndCause::out_of_memory) << outcome.log;
  EXPECT_EQ(outcome.end.memory_limit_bytes, 64 * kMiB);
}

TEST(End, AScriptThatFailsBecauseItsChildRanOutOfMemorySaysSoToo) {
  if (!can_limit("memory")) GTEST_SKIP() << "memory can't be limited here";
  LocalMachine machine;
  Launch launch = machine.shell("python3 -c 'x = bytearray(200 << 20)' || exit 7");
  launch.limits.memory_bytes = 64 * kMiB;
  const auto outcome = machine.run(launch);
  EXPECT_EQ(outcome.end.cause, EndCause::out_of_memory);
  EXPECT_EQ(outcome.end.exit_code, 7);
}

TEST(End, TheTimeLimitEndsAScript) {
  LocalMachine machine;
  Launch launch = machine.shell("sleep 1000");
  launch.limits.max_runtime_s = 1;
  const auto outcome = machine.run(launch);
  EXPECT_EQ(outcome.end.cause, EndCause::timeout);
  EXPECT_EQ(outcome.end.signal, SIGTERM);
  EXPECT_GE(*outcome.report.ended_at - *outcome.report.started_at, seconds(1));
}

TEST(End, AStopLetsAScriptTidyUp) {
  LocalMachine machine;
  const Handle handle = machine.must_start(
      machine.shell("trap 'echo tidied; exit 9' TERM; echo here; while true; do sleep 0.05; done"));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  machine.engine().stop(handle, seconds(30));
  const Report report = machine.wait(handle);
  ASSERT_TRUE(report.end);
  EXPECT_EQ(report.end->cause, EndCause::stopped);
  EXPECT_EQ(report.end->exit_code, 9);
  EXPECT_TRUE(machine.log(handle).ends_with("tidied\n"));
}

TEST(End, AStopReachesEveryProcessOfTheSandbox) {
  LocalMachine machine;
  const Handle handle = machine.must_start(
      machine.shell("setsid sh -c 'trap \"echo child ends; exit\" TERM; echo here; "
                    "while true; do sleep 0.05; done' & wait; wait"));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  machine.engine().stop(handle, seconds(30));
  machine.wait(handle);
  // The script itself ends at TERM; its child in another session may write until the sandbox is
  // gone.
  EXPECT_EQ(machine.look(handle).end->cause, EndCause::stopped);
}

TEST(End, AStopEndsWhatIgnoresItAfterTheGrace) {
  LocalMachine machine;
  const Handle handle = machine.must_start(
      machine.shell("trap '' TERM; (trap '' TERM; setsid sleep 1000 &); echo here; "
                    "while true; do sleep 0.05; done"));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  const auto begin = std::chrono::steady_clock::now();
  machine.engine().stop(handle, seconds(1));
  const Report report = machine.wait(handle);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, seconds(1));
  ASSERT_TRUE(report.end);
  EXPECT_EQ(report.end->cause, EndCause::stopped);
  EXPECT_EQ(report.end->signal, SIGKILL);
}

TEST(End, ASecondStopMayShortenTheGrace) {
  LocalMachine machine;
  const Handle handle =
      machine.must_start(machine.shell("trap '' TERM; echo here; while true; do sleep 0.05; done"));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  machine.engine().stop(handle, seconds(1000));
  EXPECT_EQ(machine.look(handle).phase, Phase::running);
  machine.engine().stop(handle, seconds(0));
  EXPECT_EQ(machine.wait(handle).end->cause, EndCause::stopped);
}

TEST(End, AStopAtAnyMomentOfAStartEndsAll) {
  LocalMachine machine;
  for (int microseconds = 0; microseconds < 30'000; microseconds += 1'500) {
    const Handle handle = machine.must_start(machine.shell("trap '' TERM; sleep 1000"));
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));  // another moment each
    machine.engine().stop(handle, seconds(0));
    const Report report = machine.wait(handle);
    ASSERT_TRUE(report.end) << microseconds;
    EXPECT_EQ(report.end->cause, EndCause::stopped) << microseconds;
  }
}

TEST(End, ASandboxDoesNotOutliveBwrap) {
  LocalMachine machine;
  const Handle handle = machine.must_start(machine.shell("echo here; sleep 1000"));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  const std::string runner = std::to_string(machine.runner_pid(handle));
  const pid_t bwrap = std::stoi(run_process({.argv = {"pgrep", "-P", runner}}).output);
  ASSERT_EQ(::kill(bwrap, SIGKILL), 0);
  const Report report = machine.wait(handle);
  ASSERT_TRUE(report.end);
  EXPECT_EQ(report.end->signal, SIGKILL);
}

TEST(End, AStopThatComesBeforeTheRunnerIsNotLost) {
  LocalMachine machine;
  const Launch launch = machine.shell("echo ran; sleep 1000");
  const AttemptFolder folder(machine.folder_of(launch.task).attempt(1));
  make_directories(folder.path());
  folder.ask_to_stop(seconds(0));
  const auto outcome = machine.run(launch);
  EXPECT_EQ(outcome.end.cause, EndCause::stopped);
  EXPECT_EQ(outcome.log.find("ran"), std::string::npos);
}

TEST(End, WhatAScriptLeavesBehindEndsWithIt) {
  LocalMachine machine;
  const auto begin = std::chrono::steady_clock::now();
  // A daemon by the book: double fork, own session, ignoring what it can.
  const auto outcome = machine.run_shell(
      "(trap '' HUP TERM; setsid sh -c '(sleep 1000; touch /output/late) &' &); echo done");
  EXPECT_EQ(outcome.end.exit_code, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(100));
  EXPECT_TRUE(eventually(
      [] { return run_process({.argv = {"pgrep", "-f", "touch /output/late"}}).output.empty(); }));
}

TEST(End, UsageIsSampledAndSummedUp) {
  if (!can_limit("memory") || !can_limit("cpuacct")) GTEST_SKIP() << "nothing can be counted here";
  LocalMachine machine;
  const Handle handle =
      machine.must_start(machine.launch({"python3", "-c",
                                         "import time; x = bytearray(50 << 20); end = time.time() "
                                         "+ 1.3\nwhile time.time() < end: pass"}));
  machine.wait(handle);
  const std::string lines = read_file(machine.folder_of(handle.task).usage(1));
  ASSERT_FALSE(lines.empty());
  const auto usage =
      from_json<Usage>(parse_json(lines.substr(0, lines.find('\n'))), UnknownMembers::reject);
  EXPECT_GT(usage.cpus, 0.05);
  EXPECT_LT(usage.cpus, 1.3) << "it may use one core";
  EXPECT_GT(usage.memory_bytes, 45 * kMiB);
  EXPECT_GE(usage.processes, 2);
  const auto record = from_json<ExitRecord>(
      parse_json(read_file(machine.folder_of(handle.task).exit(1))), UnknownMembers::reject);
  EXPECT_GT(record.peak_memory_bytes, 45 * kMiB);
  EXPECT_GT(record.cpu_ms, 50);
}

TEST(End, AForkBombStaysWithinItsLimitAndEnds) {
  if (!can_limit("pids")) GTEST_SKIP() << "processes can't be limited here";
  LocalMachine machine;
  Launch launch = machine.launch({"python3", "-c",
                                  "import os, signal\n"
                                  "n = 0\n"
                                  "try:\n"
                                  "  while True:\n"
                                  "    if os.fork() == 0: signal.pause()\n"
                                  "    n += 1\n"
                                  "except OSError as e:\n"
                                  "  print(n, e.errno, flush=True)\n"});
  launch.limits.pids = 20;
  const auto outcome = machine.run(launch);
  EXPECT_EQ(outcome.end.exit_code, 0);
  int forks = 0;
  EXPECT_EQ(std::sscanf(outcome.log.c_str(), "%d 11", &forks), 1) << outcome.log;
  EXPECT_GT(forks, 10);
  EXPECT_LT(forks, 20);
}

}  // namespace
}  // namespace cloudbrain
