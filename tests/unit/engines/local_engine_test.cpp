#include "engines/local/local_engine.h"

#include <fcntl.h>
#include <signal.h>

#include "engines/cgroup.h"
#include "local_machine.h"

namespace cloudbrain {
namespace {

using testing::can_limit;
using testing::eventually;
using testing::kMiB;
using testing::LocalMachine;

// Sleeps until it is ended; says when it is there.
constexpr char kSleeper[] = "echo here; exec sleep 1000";

bool process_exists(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

TEST(LocalEngine, RunsAScriptToItsEnd) {
  LocalMachine machine;
  const auto outcome = machine.run_shell("echo hello; echo oops >&2; exit 0");
  EXPECT_EQ(outcome.report.phase, Phase::ended);
  EXPECT_EQ(outcome.end.cause, EndCause::exited) << outcome.end.detail << outcome.log;
  EXPECT_EQ(outcome.end.exit_code, 0);
  EXPECT_TRUE(outcome.log.ends_with("hello\noops\n")) << outcome.log;
  EXPECT_LE(*outcome.report.started_at, *outcome.report.ended_at);
}

TEST(LocalEngine, RunsWithoutSpareRunnersToo) {
  LocalMachine machine([](LocalOptions& options) { options.spares = 0; });
  EXPECT_EQ(machine.run_shell("exit 5").end.exit_code, 5);
}

TEST(LocalEngine, ReportsARunningAttemptAsRunningSinceItsStart) {
  LocalMachine machine;
  const Handle handle = machine.must_start(machine.shell(kSleeper));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  const Report report = machine.look(handle);
  EXPECT_EQ(report.phase, Phase::running);
  EXPECT_EQ(report.task, handle.task);
  EXPECT_EQ(report.attempt, 1);
  EXPECT_TRUE(report.started_at);
  EXPECT_FALSE(report.end);
}

TEST(LocalEngine, CountsWhatIsTakenAndHasRoomAgainAfterAnEnd) {
  LocalMachine machine;
  Launch big = machine.shell(kSleeper);
  big.limits.cpus = 3;
  big.limits.memory_bytes = 5000 * kMiB;
  const Handle first = machine.must_start(big);
  EXPECT_EQ(machine.engine().offer().cpus_free, 1);
  EXPECT_EQ(machine.engine().offer().memory_free, 3192 * kMiB);

  Launch second = machine.shell("true");
  second.limits.cpus = 2;
  EXPECT_FALSE(machine.start(second)) << "two cores fit beside three on a machine of four";
  EXPECT_FALSE(fs::exists(machine.folder_of(second.task).attempt(1)));

  machine.engine().stop(first, std::chrono::seconds(0));
  machine.wait(first);
  EXPECT_EQ(machine.engine().offer().cpus_free, 4);
  EXPECT_EQ(machine.run(second).end.exit_code, 0);
}

TEST(LocalEngine, SaysWhatIsTooMuchForThisMachine) {
  LocalMachine machine;
  Launch launch = machine.shell("true");
  EXPECT_FALSE(machine.engine().why_impossible(launch));
  launch.limits.cpus = 5;
  EXPECT_NE(machine.engine().why_impossible(launch)->en.find("5 CPU cores"), std::string::npos);
  launch.limits.cpus = 1;
  launch.accelerator_type = "H900";
  launch.accelerators = 2;
  EXPECT_NE(machine.engine().why_impossible(launch)->zh.find("H900"), std::string::npos);
}

TEST(LocalEngine, StartedTwiceRunsOnce) {
  LocalMachine machine;
  const Launch launch = machine.shell("echo ran; sleep 0.2");
  const Handle first = machine.must_start(launch);
  const Handle second = machine.must_start(launch);
  EXPECT_EQ(first.text, second.text);
  machine.wait(first);
  machine.must_start(launch);
  EXPECT_EQ(machine.log(first).find("ran"), machine.log(first).rfind("ran"));
}

TEST(LocalEngine, WhoLooksOrForgetsDuringAStartDoesNotDisturbIt) {
  LocalMachine machine;
  for (int round = 0; round < 30; ++round) {
    const Launch launch = machine.shell("sleep 60");
    const Handle handle{launch.task, launch.attempt, {}};
    std::jthread other([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (round % 2 == 0) machine.look(handle);
        if (round % 2 == 1) machine.engine().forget(handle);
      }
    });
    machine.must_start(launch);
    if (round % 2 == 0) {
      EXPECT_NE(machine.look(handle).phase, Phase::lost);
    }
    other.request_stop();
    other.join();
    machine.engine().forget(handle);
    EXPECT_TRUE(eventually([&] { return machine.look(handle).phase == Phase::lost; }));
    EXPECT_EQ(machine.engine().offer().cpus_free, 4);
  }
}

TEST(LocalEngine, AServerThatComesBackAdoptsWhatRuns) {
  LocalMachine machine;
  const Handle handle =
      machine.must_start(machine.shell("echo here; sleep 0.5; echo done; exit 4"));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  machine.restart();
  EXPECT_EQ(machine.engine().offer().cpus_free, 4) << "nothing is known before the first look";
  EXPECT_EQ(machine.look(handle).phase, Phase::running);
  EXPECT_EQ(machine.engine().offer().cpus_free, 3);
  const Report report = machine.wait(handle);
  ASSERT_TRUE(report.end);
  EXPECT_EQ(report.end->exit_code, 4);
  EXPECT_TRUE(machine.log(handle).ends_with("here\ndone\n"));
  EXPECT_EQ(machine.engine().offer().cpus_free, 4);
}

TEST(LocalEngine, AServerThatComesBackFindsWhatEndedMeanwhile) {
  LocalMachine machine;
  const Handle handle = machine.must_start(machine.shell("exit 6"));
  machine.stop_server();
  ASSERT_TRUE(eventually([&] { return fs::exists(machine.attempt(handle) / "exit"); }));
  machine.restart();
  EXPECT_EQ(machine.look({handle.task, 1, ""}).end->exit_code, 6) << "the handle was never stored";
}

TEST(LocalEngine, AServerThatComesBackCanStopWhatAnEarlierOneStarted) {
  LocalMachine machine;
  const Handle handle = machine.must_start(machine.shell(kSleeper));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  machine.restart();
  machine.engine().stop(handle, std::chrono::seconds(10));
  const Report report = machine.wait(handle);
  ASSERT_TRUE(report.end);
  EXPECT_EQ(report.end->cause, EndCause::stopped);
}

TEST(LocalEngine, ACrashBetweenOrdersAndRunnerStartsTheScriptOnce) {
  LocalMachine machine;
  const Launch launch = machine.shell("echo ran");
  // What such a crash leaves: orders, and nobody who has taken them.
  const AttemptFolder folder(machine.folder_of(launch.task).attempt(1));
  make_directories(folder.path());
  folder.write_orders(RunnerOrders{});
  machine.restart();
  const Handle handle = machine.must_start(launch);
  machine.wait(handle);
  EXPECT_EQ(machine.log(handle).find("ran"), machine.log(handle).rfind("ran"));
  EXPECT_NE(machine.log(handle).find("ran"), std::string::npos);
}

TEST(LocalEngine, AnAttemptThatNeverBeganIsLostAndStaysSo) {
  LocalMachine machine;
  const Launch launch = machine.shell("echo ran");
  const AttemptFolder folder(machine.folder_of(launch.task).attempt(1));
  make_directories(folder.path());
  folder.write_orders(RunnerOrders{});
  const Handle handle{launch.task, 1, ""};
  EXPECT_EQ(machine.look(handle).phase, Phase::lost);
  // A runner that was on its way all along comes too late.
  run_process({.argv = {CLOUDBRAIN_RUNNER, folder.path().native()}});
  EXPECT_EQ(machine.look(handle).phase, Phase::lost);
  EXPECT_FALSE(fs::exists(folder.path() / "exit"));
  EXPECT_FALSE(fs::exists(folder.path() / "log"));
}

TEST(LocalEngine, AnAttemptWithoutAFolderIsLostAndForgettingItIsNothing) {
  LocalMachine machine;
  const Handle handle{TaskId{99}, 1, ""};
  EXPECT_EQ(machine.look(handle).phase, Phase::lost);
  machine.engine().forget(handle);
  machine.engine().stop(handle, std::chrono::seconds(1));
  EXPECT_FALSE(fs::exists(machine.folder_of(TaskId{99}).path));
}

TEST(LocalEngine, AStaleStartIsRefusedAndALaterOneEndsTheEarlier) {
  LocalMachine machine;
  Launch launch = machine.shell(kSleeper);
  launch.attempt = 1;
  const Handle first = machine.must_start(launch);
  ASSERT_TRUE(machine.wait_for_log(first, "here"));
  const pid_t runner = machine.runner_pid(first);
  launch.attempt = 2;
  const Handle second = machine.must_start(launch);
  EXPECT_EQ(machine.look(first).phase, Phase::lost);
  EXPECT_TRUE(eventually([&] { return !process_exists(runner); }));
  EXPECT_NE(machine.look(second).phase, Phase::lost);
  EXPECT_EQ(machine.engine().offer().cpus_free, 3);

  launch.attempt = 1;
  machine.restart();
  try {
    machine.engine().forget(first);
    fs::remove_all(machine.attempt(first));
    machine.start(launch);
    FAIL() << "attempt 1 was started beside attempt 2";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "stale_attempt");
  }
}

TEST(LocalEngine, ARunnerKilledIsReportedLostAndNothingOfItStays) {
  LocalMachine machine;
  const Handle handle = machine.must_start(machine.shell(
      "(setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' &); echo here; sleep 1000"));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  const std::optional<RunnerOrders> orders = AttemptFolder(machine.attempt(handle)).orders();
  const pid_t runner = machine.runner_pid(handle);
  const ProcessResult before = run_process({.argv = {"ps", "-e", "-o", "args="}});
  EXPECT_NE(before.output.find("sleep 1000"), std::string::npos);

  ASSERT_EQ(::kill(runner, SIGKILL), 0);
  EXPECT_EQ(machine.wait(handle).phase, Phase::lost);
  EXPECT_EQ(machine.engine().offer().cpus_free, 4);
  EXPECT_FALSE(process_exists(runner));
  for (const std::string& directory : orders->cgroups)
    EXPECT_FALSE(fs::exists(directory)) << directory;
  // Its sandbox had its own PID namespace: the processes are found by the mount only they had.
  EXPECT_TRUE(eventually([&] {
    const std::string needle = machine.folder_of(handle.task).output();
    for (const fs::directory_entry& process : fs::directory_iterator("/proc")) {
      std::error_code error;
      if (!fs::exists(process.path() / "mountinfo", error)) continue;
      try {
        if (read_file(process.path() / "mountinfo").find(needle) != std::string::npos) return false;
      } catch (const Error&) {
        continue;  // it ended while we looked
      }
    }
    return true;
  }));
}

TEST(LocalEngine, ARunnerKilledAtAnyMomentOfAStartLeavesNothing) {
  if (!can_limit("pids")) GTEST_SKIP() << "cgroups can't be written here";
  LocalMachine machine;
  for (int microseconds = 0; microseconds < 20'000; microseconds += 1'000) {
    const Handle handle = machine.must_start(machine.shell("sleep 1000"));
    ASSERT_TRUE(eventually([&] { return machine.runner_pid(handle) > 0; }));
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));  // another moment each
    ASSERT_EQ(::kill(machine.runner_pid(handle), SIGKILL), 0);
    EXPECT_EQ(machine.wait(handle).phase, Phase::lost) << microseconds;
    const std::optional<RunnerOrders> orders = AttemptFolder(machine.attempt(handle)).orders();
    for (const std::string& directory : orders->cgroups) EXPECT_FALSE(fs::exists(directory));
  }
  EXPECT_EQ(machine.engine().offer().cpus_free, 4);
}

TEST(LocalEngine, ForgettingARunningAttemptEndsIt) {
  LocalMachine machine;
  const Handle handle = machine.must_start(machine.shell(kSleeper));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  const pid_t runner = machine.runner_pid(handle);
  machine.engine().forget(handle);
  EXPECT_EQ(machine.engine().offer().cpus_free, 4);
  EXPECT_TRUE(eventually([&] { return !process_exists(runner); }));
  EXPECT_EQ(machine.look(handle).phase, Phase::lost);
}

TEST(LocalEngine, SweepRemovesWhatNobodyOwnsAndNothingElse) {
  if (!can_limit("pids")) GTEST_SKIP() << "cgroups can't be written here";
  LocalMachine machine;
  const Handle handle = machine.must_start(machine.shell(kSleeper));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  const std::optional<RunnerOrders> orders = AttemptFolder(machine.attempt(handle)).orders();
  machine.restart();
  // An orphan beside it, with a process in it.
  std::vector<std::string> orphan;
  for (const fs::path directory : orders->cgroups)
    orphan.push_back(directory.parent_path() / "orphan");
  const Cgroup cgroup(orphan);
  ASSERT_EQ(cgroup.make(), "");
  ChildProcess child = ChildProcess::start({.argv = {"sleep", "1000"}}, {});
  for (const std::string& directory : orphan) {
    const Fd fd = open_file(directory + "/cgroup.procs", O_WRONLY);
    write_all(fd.get(), std::to_string(child.pid()), directory);
  }
  machine.look(handle);
  std::thread sweeper([&] { machine.engine().sweep(); });
  EXPECT_EQ(child.wait().signal, SIGKILL);
  sweeper.join();
  for (const std::string& directory : orphan) EXPECT_FALSE(fs::exists(directory)) << directory;
  EXPECT_EQ(machine.look(handle).phase, Phase::running);
  EXPECT_TRUE(fs::exists(orders->cgroups.front()));
}

TEST(LocalEngine, AnImageThatIsNotThereIsRefusedAndTakesNothing) {
  LocalMachine machine;
  Launch launch = machine.shell("true");
  launch.root = "/nowhere/images/debian";
  EXPECT_THROW(machine.start(launch), Error);
  EXPECT_EQ(machine.engine().offer().cpus_free, 4);
}

TEST(LocalEngine, AProgramThatIsNotThereFailsToStartWithAReason) {
  LocalMachine machine;
  const auto outcome = machine.run(machine.launch({"python9", "/output/x.py"}));
  EXPECT_EQ(outcome.end.cause, EndCause::start_failed);
  EXPECT_EQ(outcome.end.detail, "python9: No such file or directory");
}

TEST(LocalEngine, AMountThatIsNotThereFailsToStartWithAReason) {
  LocalMachine machine;
  Launch launch = machine.shell("echo never");
  launch.mounts.push_back({machine.directory() / "nowhere", "/data", true});
  const auto outcome = machine.run(launch);
  EXPECT_EQ(outcome.end.cause, EndCause::start_failed);
  EXPECT_NE(outcome.end.detail.find("nowhere"), std::string::npos) << outcome.end.detail;
}

TEST(LocalEngine, AnEmptyCallbackEndsTheCalls) {
  LocalMachine machine;
  std::atomic<int> calls = 0;
  machine.engine().on_change([&](TaskId) { ++calls; });
  const Handle handle = machine.must_start(machine.shell("true"));
  ASSERT_TRUE(eventually([&] { return calls > 0; }));
  machine.engine().on_change({});
  const int before = calls;
  const Handle second = machine.must_start(machine.shell("true"));
  ASSERT_TRUE(eventually([&] { return machine.look(second).phase == Phase::ended; }));
  EXPECT_EQ(calls, before);
}

}  // namespace
}  // namespace cloudbrain
