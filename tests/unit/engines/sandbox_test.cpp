// The command that a Launch becomes, without running it.
#include "engines/local/sandbox.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

SandboxParts parts(bool as_root = true) {
  SandboxParts parts;
  parts.bwrap = "/usr/bin/bwrap";
  parts.etc = "/state/etc";
  parts.seccomp = "/state/seccomp.bpf";
  parts.user = {59990, 59990, as_root};
  parts.root_entries = {{"/bin", "usr/bin"}, {"/lib32", ""}};
  parts.hidden = "/srv/cloudbrain";
  return parts;
}

Launch launch() {
  Launch launch;
  launch.task = TaskId{7};
  launch.argv = {"python3", "/code/train.py", "--a=b c"};
  launch.working_directory = "/code";
  return launch;
}

// Where these words stand one after another; npos where they do not.
constexpr std::size_t kNowhere = std::string::npos;
std::size_t find(const std::vector<std::string>& words, const std::vector<std::string>& part) {
  const auto at = std::search(words.begin(), words.end(), part.begin(), part.end());
  return at == words.end() ? kNowhere : static_cast<std::size_t>(at - words.begin());
}

TEST(Sandbox, EndsInTheScriptsArguments) {
  const RunnerOrders orders = make_orders(launch(), parts(), {}, {});
  const std::vector<std::string> tail(orders.command.end() - 3, orders.command.end());
  EXPECT_EQ(tail, launch().argv);
  EXPECT_NE(find(orders.command,
                 {"--", "/proc/self/fd/6", "--init", "59990", "59990", "/home/task", "-", "--"}),
            kNowhere);
}

TEST(Sandbox, MountsStandInTheirOrderAfterEverythingElseIsMounted) {
  Launch with_mounts = launch();
  with_mounts.mounts = {{"/h/tmp", "/tmp", false}, {"/h/code", "/tmp/code", true}};
  const std::vector<std::string> command = make_orders(with_mounts, parts(), {}, {}).command;
  const std::size_t first = find(command, {"--bind", "/h/tmp", "/tmp"});
  const std::size_t second = find(command, {"--ro-bind", "/h/code", "/tmp/code"});
  ASSERT_NE(first, kNowhere);
  EXPECT_LT(first, second);
  EXPECT_LT(find(command, {"--dev", "/dev"}), first);
  EXPECT_EQ(find(command, {"--tmpfs", "/tmp"}), kNowhere) << "the launch has its own";
  EXPECT_NE(find(make_orders(launch(), parts(), {}, {}).command, {"--tmpfs", "/tmp"}), kNowhere);
}

TEST(Sandbox, WithoutNetworkThereIsAnEmptyOne) {
  Launch offline = launch();
  EXPECT_EQ(find(make_orders(offline, parts(), {}, {}).command, {"--unshare-net"}), kNowhere);
  offline.network = false;
  EXPECT_NE(find(make_orders(offline, parts(), {}, {}).command, {"--unshare-net"}), kNowhere);
}

TEST(Sandbox, AnOrdinaryUserTakesAUserNamespaceAndRootNone) {
  const std::vector<std::string> ordinary = make_orders(launch(), parts(false), {}, {}).command;
  EXPECT_NE(find(ordinary, {"--unshare-user", "--uid", "59990"}), kNowhere);
  EXPECT_NE(find(ordinary, {"--init", "-", "-"}), kNowhere);
  EXPECT_NE(find(ordinary, {"--remount-ro", "/"}), kNowhere);
  const std::vector<std::string> root = make_orders(launch(), parts(), {}, {}).command;
  EXPECT_EQ(find(root, {"--unshare-user"}), kNowhere);
  EXPECT_NE(find(root, {"--cap-drop", "ALL"}), kNowhere);
}

TEST(Sandbox, ADataDirectoryBelowUsrIsCovered) {
  SandboxParts below = parts();
  EXPECT_EQ(find(make_orders(launch(), below, {}, {}).command, {"/srv/cloudbrain"}), kNowhere);
  below.hidden = "/usr/local/cloudbrain";
  EXPECT_NE(
      find(make_orders(launch(), below, {}, {}).command, {"--tmpfs", "/usr/local/cloudbrain"}),
      kNowhere);
}

TEST(Sandbox, OnlyTheDevicesThatWereTakenAreThere) {
  DeviceEdits devices;
  devices.nodes = {{"/dev/nvidiactl", "/dev/nvidiactl"}, {"/dev/null", "/dev/dri/card3"}};
  devices.groups = {44};
  const std::vector<std::string> command = make_orders(launch(), parts(), {}, devices).command;
  EXPECT_NE(find(command, {"--dev-bind", "/dev/nvidiactl", "/dev/nvidiactl"}), kNowhere);
  const std::size_t node = find(command, {"--dev-bind", "/dev/null", "/dev/dri/card3"});
  ASSERT_NE(node, kNowhere);
  EXPECT_LT(find(command, {"--dir", "/dev/dri"}), node);
  EXPECT_EQ(find(command, {"--dev-bind", "/dev/nvidia0"}), kNowhere);
  EXPECT_NE(find(command, {"--init", "59990", "59990,44"}), kNowhere);
}

TEST(Sandbox, ADevicesMountsThatTheHostsTreeHasAlreadyAreLeftOut) {
  DeviceEdits devices;
  devices.nodes = {{"/dev/null", "/dev/fake"}};
  devices.mounts = {{"/usr/lib/libcuda.so.1", "/usr/lib/libcuda.so.1", true},
                    {"/run/driver/lib.so", "/usr/lib/nowhere/lib.so", true},
                    {"/run/driver/socket", "/run/driver/socket", false}};
  devices.environment = {{"A", "device"}, {"B", "device"}};
  Launch given = launch();
  given.environment = {{"A", "launch"}};
  const RunnerOrders orders = make_orders(given, parts(), {}, devices);
  EXPECT_EQ(find(orders.command, {"/usr/lib/libcuda.so.1"}), kNowhere);
  EXPECT_EQ(find(orders.command, {"/usr/lib/nowhere/lib.so"}), kNowhere);
  EXPECT_NE(find(orders.command, {"--bind", "/run/driver/socket", "/run/driver/socket"}), kNowhere);
  EXPECT_EQ(orders.environment.at("A"), "launch");
  EXPECT_EQ(orders.environment.at("B"), "device");
}

TEST(Sandbox, TheLaunchsVariablesWinOverTheDefaults) {
  Launch with = launch();
  with.environment = {{"LANG", "zh_CN.UTF-8"}, {"X", "1"}};
  with.limits.cpus = 4;
  const auto environment = make_orders(with, parts(), {}, {}).environment;
  EXPECT_EQ(environment.at("LANG"), "zh_CN.UTF-8");
  EXPECT_EQ(environment.at("X"), "1");
  EXPECT_EQ(environment.at("OMP_NUM_THREADS"), "4");
  EXPECT_EQ(environment.at("PATH"), "/usr/local/bin:/usr/bin:/bin");
}

}  // namespace
}  // namespace cloudbrain
