#include "engines/cgroup.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "engines/local/cgroup_places.h"

namespace cloudbrain {
namespace {

using Controllers = std::set<std::string>;

TEST(CgroupHierarchies, AMachineOfVersion2HasOne) {
  const auto found = parse_hierarchies(
      "0::/system.slice/cloudbrain.service\n",
      "25 30 0:23 / /sys rw - sysfs sysfs rw\n"
      "26 25 0:24 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].v2);
  EXPECT_EQ(found[0].mount, "/sys/fs/cgroup");
  EXPECT_EQ(found[0].own, "/sys/fs/cgroup/system.slice/cloudbrain.service");
}

TEST(CgroupHierarchies, AMixedMachineHasOnePerController) {
  const auto found = parse_hierarchies(
      "8:pids:/\n4:memory:/process/a\n3:cpuset:/\n2:cpuacct,cpu:/x\n0::/\n",
      "40 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpuacct,cpu\n"
      "41 30 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "42 30 0:32 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
      "43 30 0:33 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
      "44 30 0:33 / /mnt/again rw - cgroup cgroup rw,pids\n"
      "45 30 0:34 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].controllers, (Controllers{"cpu", "cpuacct"}));
  EXPECT_EQ(found[0].own, "/sys/fs/cgroup/cpu,cpuacct/x");
  EXPECT_EQ(found[1].own, "/sys/fs/cgroup/memory/process/a");
  EXPECT_EQ(found[2].own, "/sys/fs/cgroup/pids");
  EXPECT_TRUE(found[3].v2);
}

TEST(CgroupHierarchies, AContainerSeesItsOwnPart) {
  const auto found = parse_hierarchies(
      "4:memory:/docker/abc/inner\n",
      "41 30 0:31 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].own, "/sys/fs/cgroup/memory/inner");
  const auto outside = parse_hierarchies(
      "4:memory:/elsewhere\n",
      "41 30 0:31 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  EXPECT_EQ(outside[0].own, "/sys/fs/cgroup/memory") << "not below what the mount shows";
}

TEST(CgroupHierarchies, NoneIsNone) {
  EXPECT_TRUE(parse_hierarchies("", "").empty());
  EXPECT_TRUE(parse_hierarchies("garbage\n::\n", "1 2 3\n - \n4 5 6 / / rw - cgroup x\n").empty());
}

// Directories with the files a kernel would put there.
class FakeCgroup {
 public:
  void file(const std::string& name, const std::string& text = "") {
    write_file_atomic(directory_.path() / name, text, Durable::no);
  }
  std::string read(const std::string& name) const { return read_file(directory_.path() / name); }
  Cgroup cgroup() const { return Cgroup({directory_.path()}); }

 private:
  TemporaryDirectory directory_;
};

Limits limits() {
  Limits limits;
  limits.cpus = 1.5;
  limits.memory_bytes = 1 << 30;
  limits.pids = 100;
  return limits;
}

TEST(Cgroup, LimitsAreWrittenInTheWordsOfVersion2) {
  FakeCgroup fake;
  for (const char* name : {"memory.max", "memory.swap.max", "cpu.max", "pids.max"}) fake.file(name);
  EXPECT_EQ(fake.cgroup().limit(limits()), "");
  EXPECT_EQ(fake.read("memory.max"), "1073741824");
  EXPECT_EQ(fake.read("memory.swap.max"), "0");
  EXPECT_EQ(fake.read("cpu.max"), "150000 100000");
  EXPECT_EQ(fake.read("pids.max"), "100");
}

TEST(Cgroup, LimitsAreWrittenInTheWordsOfVersion1) {
  FakeCgroup fake;
  for (const char* name : {"memory.limit_in_bytes", "cpu.cfs_quota_us", "pids.max"})
    fake.file(name);
  EXPECT_EQ(fake.cgroup().limit(limits()), "");
  EXPECT_EQ(fake.read("memory.limit_in_bytes"), "1073741824");
  EXPECT_EQ(fake.read("cpu.cfs_quota_us"), "150000");
}

TEST(Cgroup, UsageIsReadInTheWordsOfBothVersions) {
  FakeCgroup v2;
  v2.file("cpu.stat", "usage_usec 1234567\nuser_usec 1\n");
  v2.file("memory.current", "1000000\n");
  v2.file("memory.peak", "3000000\n");
  v2.file("memory.stat", "anon 1\nfile 500\ninactive_file 400000\nactive_file 3\n");
  v2.file("memory.events", "low 0\noom 2\noom_kill 1\noom_group_kill 0\n");
  v2.file("pids.current", "7\n");
  const Cgroup::Usage usage = v2.cgroup().usage();
  EXPECT_EQ(usage.cpu_us, 1'234'567);
  EXPECT_EQ(usage.memory_bytes, 600'000);
  EXPECT_EQ(usage.peak_memory_bytes, 3'000'000);
  EXPECT_EQ(usage.oom_kills, 1);
  EXPECT_EQ(usage.processes, 7);

  FakeCgroup v1;
  v1.file("cpuacct.usage", "1234567890\n");
  v1.file("memory.usage_in_bytes", "1000000\n");
  v1.file("memory.stat", "inactive_file 1\ntotal_inactive_file 400000\n");
  v1.file("memory.max_usage_in_bytes", "3000000\n");
  v1.file("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
  EXPECT_EQ(v1.cgroup().usage().cpu_us, 1'234'567);
  EXPECT_EQ(v1.cgroup().usage().memory_bytes, 600'000);
  EXPECT_EQ(v1.cgroup().usage().oom_kills, 3);
}

TEST(Cgroup, WhatCanNotBeMadeIsTold) {
  const Cgroup cgroup({"/proc/self/nowhere/x"});
  EXPECT_NE(cgroup.make().find("/proc/self/nowhere/x"), std::string::npos);
  EXPECT_TRUE(Cgroup().remove(std::chrono::milliseconds(0))) << "none: nothing to do";
}

}  // namespace
}  // namespace cloudbrain
