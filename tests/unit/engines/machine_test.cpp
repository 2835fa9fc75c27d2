// What a machine made of files is taken for.
#include "engines/local/machine.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/files.h"

namespace cloudbrain {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

std::vector<std::string> targets(const AcceleratorDevice& device) {
  std::vector<std::string> paths;
  for (const DeviceNode& node : device.edits.nodes) paths.push_back(node.target);
  return paths;
}

// A machine made of files.
class MachineFiles {
 public:
  void write(const std::string& path, const std::string& text) {
    make_directories((root_.path() / path).parent_path());
    write_file_atomic(root_.path() / path, text, Durable::no);
  }
  Machine detect() const { return detect_machine({.root = root_.path()}); }

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
  EXPECT_EQ(targets(machine.accelerators[0].devices[1]),
            (std::vector<std::string>{"/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia10"}));
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
  EXPECT_EQ(targets(machine.accelerators[0].devices[1]),
            (std::vector<std::string>{"/dev/davinci_manager", "/dev/davinci1"}));
}

// Two cards as nvidia-ctk describes them: by number, by UUID, and all of them.
constexpr char kNvidia[] = R"(
cdiVersion: "0.5.0"
kind: nvidia.com/gpu
containerEdits:
  env: [NVIDIA_VISIBLE_DEVICES=void]
  deviceNodes: [{path: /dev/nvidiactl}]
  hooks:
  - {hookName: createContainer, path: /usr/bin/nvidia-ctk, args: [nvidia-ctk, hook, update-ldcache]}
  mounts:
  - {hostPath: /usr/lib/libcuda.so.1, containerPath: /usr/lib/libcuda.so.1, options: [ro, nosuid]}
devices:
- name: "0"
  containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}
- name: "1"
  containerEdits: {deviceNodes: [{path: /dev/nvidia1}]}
- name: GPU-5e1d
  containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}
- name: GPU-77aa
  containerEdits: {deviceNodes: [{path: /dev/nvidia1}]}
- name: all
  containerEdits: {deviceNodes: [{path: /dev/nvidia0}, {path: /dev/nvidia1}]}
)";

TEST(Cdi, ACardOfSeveralNamesIsOneCard) {
  MachineFiles files;
  for (const char* node : {"nvidia0", "nvidia1", "nvidiactl"}) {
    files.write("dev/" + std::string(node), "");
  }
  files.write("proc/driver/nvidia/gpus/0000:00:1e.0/information",
              "Model: \t Tesla V100-SXM2-32GB\nDevice Minor: \t 0\n");
  files.write("proc/driver/nvidia/gpus/0000:00:1f.0/information",
              "Model: \t Tesla V100-SXM2-32GB\nDevice Minor: \t 1\n");
  files.write("etc/cdi/nvidia.yaml", kNvidia);
  const Machine machine = files.detect();
  EXPECT_TRUE(machine.problems.empty());
  ASSERT_EQ(machine.accelerators.size(), 1U) << "its nodes are not found a second time";
  const AcceleratorGroup& group = machine.accelerators[0];
  EXPECT_EQ(group.compute, "gpu");
  EXPECT_EQ(group.type, "V100");
  ASSERT_EQ(group.devices.size(), 2U);
  EXPECT_EQ(group.devices[0].name, "nvidia.com/gpu=0");
  EXPECT_EQ(targets(group.devices[1]),
            (std::vector<std::string>{"/dev/nvidiactl", "/dev/nvidia1"}));
  const DeviceEdits& edits = group.devices[1].edits;
  EXPECT_EQ(edits.environment.at("NVIDIA_VISIBLE_DEVICES"), "void");
  ASSERT_EQ(edits.mounts.size(), 1U);
  EXPECT_TRUE(edits.mounts[0].read_only);
  ASSERT_EQ(edits.hooks.size(), 1U);
  EXPECT_EQ(edits.hooks[0].args[2], "update-ldcache");
}

constexpr char kFake[] = R"({"cdiVersion": "0.6.0", "kind": "fake.example/npu",
  "annotations": {"fake.example/type": "F 1", "fake.example/memory": "32GB"},
  "devices": [
    {"name": "a", "containerEdits": {"deviceNodes": [{"path": "/dev/fake0", "hostPath": "/dev/null"}]}},
    {"name": "b", "containerEdits": {"deviceNodes": [{"path": "/dev/fake1", "hostPath": "/dev/null"}]}},
    {"name": "c", "containerEdits": {"deviceNodes": [{"path": "/dev/fake2", "hostPath": "/dev/gone"}]}}]})";

TEST(Cdi, AnyVendorsDevicesAreFoundAndOneWithoutItsNodeIsNotHealthy) {
  MachineFiles files;
  files.write("dev/null", "");
  files.write("var/run/cdi/fake.json", kFake);
  const Machine machine = files.detect();
  ASSERT_EQ(machine.accelerators.size(), 1U);
  const AcceleratorGroup& group = machine.accelerators[0];
  EXPECT_EQ(group.compute, "npu");
  EXPECT_EQ(group.type, "F-1");
  ASSERT_EQ(group.devices.size(), 3U);
  EXPECT_EQ(group.devices[0].memory_bytes, 32 * kGiB);
  EXPECT_TRUE(group.devices[1].problem.empty());
  EXPECT_EQ(group.devices[2].problem.en, "its node /dev/gone is not there");
}

TEST(Cdi, ALaterDirectoryGoesOverAnEarlierOneAndTwoFilesOfOneContradictEachOther) {
  const auto one = [](const std::string& node) {
    return R"({"kind": "a.b/gpu", "devices": [{"name": "0", "containerEdits":
              {"deviceNodes": [{"path": ")" +
           node + R"("}]}}]})";
  };
  MachineFiles files;
  files.write("dev/one", "");
  files.write("dev/two", "");
  files.write("etc/cdi/x.json", one("/dev/one"));
  files.write("var/run/cdi/x.json", one("/dev/two"));
  ASSERT_EQ(files.detect().accelerators.size(), 1U);
  EXPECT_EQ(targets(files.detect().accelerators[0].devices[0]),
            std::vector<std::string>{"/dev/two"});
  files.write("var/run/cdi/y.json", one("/dev/one"));
  const Machine machine = files.detect();
  ASSERT_EQ(machine.problems.size(), 1U);
  EXPECT_NE(machine.problems[0].en.find("a.b/gpu=0"), std::string::npos);
}

TEST(Cdi, AFileThatIsWrongIsNamedAndTheOthersAreUsed) {
  for (const std::string wrong :
       {R"({"kind": "no slash", "devices": []})", "not json", R"([1])",
        R"({"kind": "a.b/c", "devices": [{"name": "../x"}]})", R"({"kind": "a.b/c", "devices": 7})",
        R"({"kind": "a.b/c", "devices": [{"name": "0", "containerEdits": {"env": ["NO"]}}]})",
        R"({"kind": "a.b/c", "devices": [{"name": "0", "containerEdits":
            {"deviceNodes": [{"path": "dev/null"}]}}]})",
        R"({"kind": "a.b/c", "devices": [{"name": "0", "containerEdits":
            {"mounts": [{"hostPath": "/a/../../etc/shadow", "containerPath": "/x"}]}}]})"}) {
    MachineFiles files;
    files.write("dev/null", "");
    files.write("etc/cdi/fake.json", kFake);
    files.write("etc/cdi/wrong.json", wrong);
    const Machine machine = files.detect();
    EXPECT_EQ(machine.accelerators.size(), 1U) << wrong;
    ASSERT_EQ(machine.problems.size(), 1U) << wrong;
    EXPECT_NE(machine.problems[0].en.find("wrong.json"), std::string::npos) << wrong;
  }
}

TEST(Cdi, YamlThatGrowsWithoutEndIsRefused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    std::string line = "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) line += "*a" + std::to_string(i - 1) + ", ";
    bomb += line + "x]\n";
  }
  MachineFiles files;
  files.write("etc/cdi/bomb.yaml", bomb);
  files.write("etc/cdi/broken.yml", "a: [");
  EXPECT_EQ(files.detect().problems.size(), 2U);
}

}  // namespace
}  // namespace cloudbrain
