// What the runner keeps of a script's output, and what it costs.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "local_machine.h"

namespace cloudbrain {
namespace {

using testing::eventually;
using testing::kMiB;
using testing::LocalMachine;

std::string status_field(pid_t pid, const std::string& name) {
  const std::string status = read_file("/proc/" + std::to_string(pid) + "/status");
  const std::size_t at = status.find(name + ":");
  const std::size_t begin = status.find_first_not_of(" \t", at + name.size() + 1);
  return status.substr(begin, status.find('\n', begin) - begin);
}

TEST(Log, IsByteExactForAnything) {
  LocalMachine machine;
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  bytes += "\r\n\xff\xfe 中文 \x1b[31m no newline at the end";
  Launch launch = machine.shell("cat /output/bytes; cat /output/bytes");
  write_file_atomic(machine.folder_of(launch.task).output() / "bytes", bytes, Durable::no);
  EXPECT_EQ(machine.run(launch).log, bytes + bytes);
}

TEST(Log, KeepsBothStreamsInTheOrderTheyWereWritten) {
  LocalMachine machine;
  std::string expected;
  for (int i = 1; i <= 100; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(machine
                .run_shell("i=1; while [ $i -le 99 ]; do echo $i; i=$((i+1)); echo $i >&2; "
                           "i=$((i+1)); done")
                .log,
            expected);
}

TEST(Log, CanBeOpenedAnewByTheScript) {
  LocalMachine machine;
  EXPECT_EQ(machine.run_shell("echo a > /dev/stderr; echo b > /dev/stdout").log, "a\nb\n");
}

TEST(Log, IsCompleteWhenTheEndIsSeen) {
  LocalMachine machine;
  // More than a pipe holds, written by a child that outlives the script's last line.
  const auto outcome = machine.run_shell("head -c 104857600 /dev/zero");
  EXPECT_EQ(outcome.log.size(), 104'857'600U);
  EXPECT_EQ(outcome.log.find_first_not_of('\0'), std::string::npos);
}

TEST(Log, ALineIsThereAtOnce) {
  LocalMachine machine;
  const Handle handle = machine.must_start(machine.shell("echo first; sleep 1000"));
  EXPECT_TRUE(machine.wait_for_log(handle, "first\n"));
}

TEST(Log, StopsGrowingAtItsLimitAndTheScriptGoesOn) {
  LocalMachine machine;
  Launch launch = machine.shell("yes | head -c 3000000; touch /output/went-on");
  launch.limits.log_bytes = 1'000'000;
  const auto outcome = machine.run(launch);
  EXPECT_EQ(outcome.end.exit_code, 0);
  EXPECT_TRUE(fs::exists(machine.folder_of(launch.task).output() / "went-on"));
  const std::size_t note = outcome.log.find("[cloudbrain]");
  EXPECT_EQ(note, 1'000'000U);
  EXPECT_NE(outcome.log.find("limit of 1000000 bytes"), std::string::npos);
  EXPECT_EQ(outcome.log.find('\n', note), outcome.log.size() - 1)
      << "one line, and nothing after it";
}

TEST(Log, AFullDiskHoldsNothingUpAndTheEndIsKnown) {
  LocalMachine machine;
  const Launch launch = machine.shell("head -c 8000000 /dev/zero | tr '\\0' x; exit 3");
  const fs::path attempt = machine.folder_of(launch.task).attempt(1);
  make_directories(attempt);
  if (::mount("none", attempt.c_str(), "tmpfs", 0, "size=1m") != 0) GTEST_SKIP() << "needs root";
  const Handle handle = machine.must_start(launch);
  const Report report = machine.wait(handle);
  const std::string log = machine.log(handle);
  EXPECT_EQ(::umount2(attempt.c_str(), MNT_DETACH), 0);
  ASSERT_TRUE(report.end);
  EXPECT_EQ(report.end->exit_code, 3);
  EXPECT_GT(log.size(), 500'000U);
  EXPECT_LT(log.size(), 1'100'000U);
}

TEST(Runner, TakesAtMostOneMegabyteBesideARunningTask) {
  LocalMachine machine;
  Launch launch = machine.launch({"/bin/sh", "-c", "yes | head -c 5000000; sleep 1000"});
  // A long command line is not kept.
  launch.argv.resize(50, std::string(20'000, 'x'));
  const Handle handle = machine.must_start(launch);
  ASSERT_TRUE(eventually([&] { return machine.log(handle).size() >= 5'000'000; }));
  EXPECT_LE(std::stoi(status_field(machine.runner_pid(handle), "VmRSS")), 1024) << "KiB";
}

TEST(Runner, KeepsNothingOfTheServer) {
  LocalMachine machine;
  // A careless library: a listening socket that is not closed on exec.
  const Fd listening(::socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_EQ(::listen(listening.get(), 1), 0);
  const Handle handle =
      machine.must_start(machine.shell("ls /proc/self/fd; echo here; sleep 1000"));
  ASSERT_TRUE(machine.wait_for_log(handle, "here"));
  EXPECT_EQ(machine.log(handle), "0\n1\n2\n3\nhere\n") << "3 is the directory that ls reads";
  const std::string runner = "/proc/" + std::to_string(machine.runner_pid(handle));
  const fs::path ours = fs::read_symlink("/proc/self/fd/" + std::to_string(listening.get()));
  for (const fs::directory_entry& fd : fs::directory_iterator(runner + "/fd")) {
    EXPECT_NE(fs::read_symlink(fd.path()), ours);
  }
  const pid_t runner_pid = machine.runner_pid(handle);
  EXPECT_EQ(::getsid(runner_pid), runner_pid) << "a session of its own";
}

TEST(Runner, ASpareOneLeavesNothingWhenItsServerGoes) {
  if (!testing::can_limit("pids")) GTEST_SKIP() << "cgroups can't be written here";
  std::vector<fs::path> places;
  {
    LocalMachine machine;
    const Handle handle = machine.must_start(machine.shell("true"));
    machine.wait(handle);
    const std::optional<RunnerOrders> orders = AttemptFolder(machine.attempt(handle)).orders();
    for (const fs::path directory : orders->cgroups) {
      places.push_back(directory.parent_path());
      EXPECT_TRUE(fs::exists(places.back()));
    }
  }
  for (const fs::path& place : places) EXPECT_FALSE(fs::exists(place)) << place;
}

}  // namespace
}  // namespace cloudbrain
