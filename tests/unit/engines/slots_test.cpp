#include "engines/local/slots.h"

#include <gtest/gtest.h>

#include "base/files.h"

namespace cloudbrain {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

Machine machine_with_gpus() {
  Machine machine{8, 32 * kGiB, {}};
  machine.accelerators.push_back(
      {"gpu", "V100", {{0, "/dev/nvidia0"}, {1, "/dev/nvidia1"}}, {"/dev/nvidiactl"}});
  machine.accelerators.push_back({"npu", "Ascend-910", {{0, "/dev/davinci0"}}, {}});
  return machine;
}

Launch launch(double cpus, std::int64_t memory, const std::string& type = "",
              int accelerators = 0) {
  Launch launch;
  launch.limits.cpus = cpus;
  launch.limits.memory_bytes = memory;
  launch.accelerator_type = type;
  launch.accelerators = accelerators;
  return launch;
}

TEST(Slots, TakesUntilNothingIsLeftAndGivesBack) {
  Slots slots(machine_with_gpus());
  const auto first = slots.take(launch(5, 20 * kGiB));
  ASSERT_TRUE(first);
  EXPECT_FALSE(slots.take(launch(4, kGiB))) << "cores";
  EXPECT_FALSE(slots.take(launch(1, 13 * kGiB))) << "memory";
  EXPECT_TRUE(slots.take(launch(3, 12 * kGiB)));
  slots.give_back(*first);
  EXPECT_EQ(slots.offer().cpus_free, 5);
  EXPECT_EQ(slots.offer().memory_free, 20 * kGiB);
}

TEST(Slots, TenTasksOfATenthFillACore) {
  Slots slots(Machine{1, kGiB, {}});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(slots.take(launch(0.1, 0))) << i;
  EXPECT_FALSE(slots.take(launch(0.1, 0)));
}

TEST(Slots, EachTakesItsOwnDevicesAndSeesOnlyTheirNodes) {
  Slots slots(machine_with_gpus());
  const auto first = slots.take(launch(1, 0, "V100", 1));
  const auto second = slots.take(launch(1, 0, "V100", 1));
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->accelerators, second->accelerators);
  EXPECT_EQ(slots.nodes(*second), (std::vector<std::string>{"/dev/nvidiactl", "/dev/nvidia1"}));
  EXPECT_FALSE(slots.take(launch(1, 0, "V100", 1)));
  EXPECT_TRUE(slots.take(launch(1, 0, "Ascend-910", 1)));
  slots.give_back(*first);
  EXPECT_EQ(slots.offer().accelerators[0].free, 1);
  EXPECT_EQ(slots.take(launch(1, 0, "V100", 1))->accelerators, std::vector<int>{0});
}

TEST(Slots, ATaskWithoutAcceleratorsGetsNoNodes) {
  Slots slots(machine_with_gpus());
  EXPECT_TRUE(slots.nodes(*slots.take(launch(1, 0, "V100", 0))).empty());
}

TEST(Slots, NothingIsTakenWhereNotAllOfItFits) {
  Slots slots(machine_with_gpus());
  EXPECT_FALSE(slots.take(launch(1, kGiB, "V100", 3)));
  EXPECT_FALSE(slots.take(launch(1, kGiB, "A100", 1)));
  EXPECT_EQ(slots.offer().cpus_free, 8);
  EXPECT_EQ(slots.offer().accelerators[0].free, 2);
}

TEST(Slots, WhatRunsAlreadyIsCountedEvenWhereItIsTooMuch) {
  Slots slots(Machine{2, kGiB, {}});
  slots.adopt({4, 2 * kGiB, "", {}});
  EXPECT_EQ(slots.offer().cpus_free, 0);
  EXPECT_EQ(slots.offer().memory_free, 0);
}

TEST(Slots, SaysInBothLanguagesWhatIsTooMuch) {
  const Slots slots(machine_with_gpus());
  EXPECT_FALSE(slots.why_impossible(launch(8, 32 * kGiB, "V100", 2)));
  EXPECT_EQ(slots.why_impossible(launch(9, 0))->en, "It asks for 9 CPU cores; this machine has 8.");
  EXPECT_EQ(slots.why_impossible(launch(1, 64 * kGiB))->en,
            "It asks for 64 GiB of memory; this machine has 32 GiB.");
  EXPECT_EQ(slots.why_impossible(launch(1, 0, "V100", 3))->zh, "需要 3 × V100，本机共有 2。");
  EXPECT_EQ(slots.why_impossible(launch(1, 0, "H900", 1))->en,
            "It asks for 1 × H900; this machine has 0.");
}

// A machine made of files.
class MachineFiles {
 public:
  void write(const std::string& path, const std::string& text) {
    make_directories((root_.path() / path).parent_path());
    write_file_atomic(root_.path() / path, text, Durable::no);
  }
  Machine detect() const { return detect_machine(root_.path()); }

 private:
  TemporaryDirectory root_;
};

TEST(Machine, MemoryIsTheMachinesOrWhatItsOwnCgroupAllows) {
  MachineFiles files;
  files.write("proc/meminfo", "MemTotal:       16384000 kB\nMemFree:  1 kB\n");
  EXPECT_EQ(files.detect().memory_bytes, 16384000LL * 1024);
  files.write("proc/self/cgroup", "4:memory:/docker/x\n0::/\n");
  files.write("sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "9223372036854771712\n");
  files.write("sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "1073741824\n");
  EXPECT_EQ(files.detect().memory_bytes, kGiB) << "the limit of a cgroup above counts as well";
}

TEST(Machine, MemoryOfAVersion2Cgroup) {
  MachineFiles files;
  files.write("proc/meminfo", "MemTotal:       16384000 kB\n");
  files.write("proc/self/cgroup", "0::/system.slice/x.service\n");
  files.write("sys/fs/cgroup/system.slice/x.service/memory.max", "max\n");
  EXPECT_EQ(files.detect().memory_bytes, 16384000LL * 1024);
  files.write("sys/fs/cgroup/system.slice/x.service/memory.max", "1073741824\n");
  EXPECT_EQ(files.detect().memory_bytes, kGiB);
}

TEST(Machine, NvidiaCardsAreFoundByTheirNodesAndNamedByTheirDriver) {
  MachineFiles files;
  for (const char* node : {"nvidia0", "nvidia1", "nvidia10", "nvidiactl", "nvidia-uvm"}) {
    files.write("dev/" + std::string(node), "");
  }
  const std::string v100 = "Model: \t\t Tesla V100-SXM2-32GB\nDevice Minor: \t ";
  files.write("proc/driver/nvidia/gpus/0000:00:1e.0/information", v100 + "0\n");
  files.write("proc/driver/nvidia/gpus/0000:00:1f.0/information", v100 + "10\n");
  files.write("proc/driver/nvidia/gpus/0000:00:20.0/information",
              "Model: \t\t NVIDIA GeForce RTX 3090\nDevice Minor: \t 1\n");
  const Machine machine = files.detect();
  ASSERT_EQ(machine.accelerators.size(), 2U);
  EXPECT_EQ(machine.accelerators[0].type, "V100");
  EXPECT_EQ(machine.accelerators[0].compute, "gpu");
  ASSERT_EQ(machine.accelerators[0].devices.size(), 2U);
  EXPECT_EQ(machine.accelerators[0].devices[1].node, "/dev/nvidia10");
  EXPECT_EQ(machine.accelerators[0].shared_nodes,
            (std::vector<std::string>{"/dev/nvidiactl", "/dev/nvidia-uvm"}));
  EXPECT_EQ(machine.accelerators[1].type, "RTX-3090");
}

TEST(Machine, AscendCardsAreFoundByTheirNodesAndNamedByTheirPciNumber) {
  MachineFiles files;
  files.write("dev/davinci0", "");
  files.write("dev/davinci1", "");
  files.write("dev/davinci_manager", "");
  files.write("sys/bus/pci/devices/0000:c1:00.0/vendor", "0x19e5\n");
  files.write("sys/bus/pci/devices/0000:c1:00.0/device", "0xd801\n");
  const Machine machine = files.detect();
  ASSERT_EQ(machine.accelerators.size(), 1U);
  EXPECT_EQ(machine.accelerators[0].compute, "npu");
  EXPECT_EQ(machine.accelerators[0].type, "Ascend-910");
  EXPECT_EQ(machine.accelerators[0].devices.size(), 2U);
  EXPECT_EQ(machine.accelerators[0].shared_nodes, std::vector<std::string>{"/dev/davinci_manager"});
}

}  // namespace
}  // namespace cloudbrain
