#include "engines/local/slots.h"

#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

AcceleratorDevice device(int index, const std::string& node) {
  AcceleratorDevice device;
  device.index = index;
  device.name = node;
  device.edits.nodes = {{"/dev/nvidiactl", "/dev/nvidiactl"}, {node, node}};
  return device;
}

Machine machine_with_gpus() {
  Machine machine{8, 32 * kGiB};
  machine.accelerators.push_back(
      {"gpu", "V100", {device(0, "/dev/nvidia0"), device(1, "/dev/nvidia1")}});
  machine.accelerators.push_back({"npu", "Ascend-910", {device(5, "/dev/davinci5")}});
  return machine;
}

std::vector<std::string> targets(const DeviceEdits& edits) {
  std::vector<std::string> paths;
  for (const DeviceNode& node : edits.nodes) paths.push_back(node.target);
  return paths;
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
  Slots slots(Machine{1, kGiB});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(slots.take(launch(0.1, 0))) << i;
  EXPECT_FALSE(slots.take(launch(0.1, 0)));
}

TEST(Slots, EachTakesItsOwnDevicesAndSeesOnlyTheirNodes) {
  Slots slots(machine_with_gpus());
  const auto first = slots.take(launch(1, 0, "V100", 1));
  const auto second = slots.take(launch(1, 0, "V100", 1));
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->devices, second->devices);
  const DeviceEdits edits = slots.edits(*second);
  EXPECT_EQ(targets(edits), (std::vector<std::string>{"/dev/nvidiactl", "/dev/nvidia1"}));
  EXPECT_EQ(edits.environment.at("CLOUDBRAIN_ACCELERATORS"), "/dev/nvidia1");
  EXPECT_EQ(edits.environment.at("CUDA_VISIBLE_DEVICES"), "0") << "the only one that is there";
  EXPECT_FALSE(slots.take(launch(1, 0, "V100", 1)));
  const auto npu = slots.take(launch(1, 0, "Ascend-910", 1));
  ASSERT_TRUE(npu);
  EXPECT_EQ(slots.edits(*npu).environment.at("ASCEND_VISIBLE_DEVICES"), "5");
  EXPECT_EQ(slots.edits(*npu).environment.at("ASCEND_RT_VISIBLE_DEVICES"), "0");
  slots.give_back(*first);
  EXPECT_EQ(slots.offer().accelerators[0].free, 1);
  EXPECT_EQ(slots.take(launch(1, 0, "V100", 1))->devices, std::vector<std::string>{"/dev/nvidia0"});
}

TEST(Slots, TwoDevicesOfOneTaskShareWhatBothNeed) {
  Slots slots(machine_with_gpus());
  const auto both = slots.take(launch(1, 0, "V100", 2));
  ASSERT_TRUE(both);
  EXPECT_EQ(targets(slots.edits(*both)),
            (std::vector<std::string>{"/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia1"}));
  EXPECT_EQ(slots.edits(*both).environment.at("CUDA_VISIBLE_DEVICES"), "0,1");
}

TEST(Slots, ATaskWithoutAcceleratorsGetsNothingOfThem) {
  Slots slots(machine_with_gpus());
  EXPECT_EQ(slots.edits(*slots.take(launch(1, 0, "V100", 0))), DeviceEdits{});
}

TEST(Slots, ADeviceThatIsNotHealthyIsNotGivenOutUntilItIs) {
  Machine machine = machine_with_gpus();
  machine.accelerators[0].devices[0].problem = {"it has fallen off the bus", "设备已丢失"};
  Slots slots(machine);
  EXPECT_EQ(slots.offer().accelerators[0].unhealthy, 1);
  EXPECT_EQ(slots.take(launch(1, 0, "V100", 1))->devices, std::vector<std::string>{"/dev/nvidia1"});
  EXPECT_FALSE(slots.why_impossible(launch(1, 0, "V100", 2))) << "it may come back";
  EXPECT_FALSE(slots.take(launch(1, 0, "V100", 1)));
  slots.update(machine_with_gpus().accelerators);
  EXPECT_TRUE(slots.take(launch(1, 0, "V100", 1)));
}

TEST(Slots, WhatIsTakenStaysTakenWhileTheMachineChanges) {
  Slots slots(machine_with_gpus());
  const auto held = slots.take(launch(1, 0, "V100", 1));
  ASSERT_TRUE(held);
  slots.update({});
  EXPECT_TRUE(slots.offer().accelerators.empty());
  slots.update(machine_with_gpus().accelerators);
  EXPECT_EQ(slots.offer().accelerators[0].free, 1);
  EXPECT_NE(slots.take(launch(1, 0, "V100", 1))->devices, held->devices);
}

TEST(Slots, NothingIsTakenWhereNotAllOfItFits) {
  Slots slots(machine_with_gpus());
  EXPECT_FALSE(slots.take(launch(1, kGiB, "V100", 3)));
  EXPECT_FALSE(slots.take(launch(1, kGiB, "A100", 1)));
  EXPECT_EQ(slots.offer().cpus_free, 8);
  EXPECT_EQ(slots.offer().accelerators[0].free, 2);
}

TEST(Slots, WhatRunsAlreadyIsCountedEvenWhereItIsTooMuch) {
  Slots slots(Machine{2, kGiB});
  slots.adopt({4, 2 * kGiB, "", {}, TaskId{3}});
  EXPECT_EQ(slots.offer().cpus_free, 0);
  EXPECT_EQ(slots.offer().memory_free, 0);
}

TEST(Slots, SaysInBothLanguagesWhatIsTooMuch) {
  const Slots slots(machine_with_gpus());
  EXPECT_FALSE(slots.why_impossible(launch(8, 32 * kGiB, "V100", 2)));
  EXPECT_EQ(slots.why_impossible(launch(9, 0))->en, "It asks for 9 CPU cores; this machine has 8.");
  EXPECT_EQ(slots.why_impossible(launch(1, 64 * kGiB))->en,
            "It asks for 64 GB of memory; this machine has 32 GB.");
  EXPECT_EQ(slots.why_impossible(launch(1, 0, "V100", 3))->zh, "需要 3 × V100，本机共有 2。");
  EXPECT_EQ(slots.why_impossible(launch(1, 0, "H900", 1))->en,
            "It asks for 1 × H900; this machine has 0.");
}

}  // namespace
}  // namespace cloudbrain
