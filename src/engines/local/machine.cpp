#include "engines/local/machine.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

namespace cloudbrain {

namespace {

// The text after `label` on its line.
std::string field(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) return {};
  std::string_view rest = text.substr(at + label.size());
  rest = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.find_first_not_of(": \t"), rest.size()));
  return std::string(rest);
}

template <typename T = std::int64_t>
std::optional<T> number(std::string_view text, int base = 10) {
  T value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return result.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

std::string small_file(const fs::path& path) {
  try {
    return try_read_file(path).value_or("");
  } catch (const std::exception&) {
    return {};  // there, but not for us
  }
}

std::vector<fs::path> entries(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Nodes of /dev called <prefix><number>, in the order of the numbers.
std::map<int, std::string> numbered_nodes(const fs::path& root, std::string_view prefix) {
  std::map<int, std::string> nodes;
  for (const fs::path& path : entries(root / "dev")) {
    const std::string name = path.filename();
    if (!name.starts_with(prefix)) continue;
    const std::string_view digits = std::string_view(name).substr(prefix.size());
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
      continue;
    nodes[number<int>(digits).value_or(0)] = "/dev/" + name;
  }
  return nodes;
}

std::vector<std::string> existing(const fs::path& root, std::initializer_list<const char*> nodes) {
  std::vector<std::string> found;
  for (const std::string node : nodes) {
    if (fs::exists(root / node.substr(1))) found.push_back(node);
  }
  return found;
}

// "Tesla V100-SXM2-32GB" -> "V100", "NVIDIA GeForce RTX 3090" -> "RTX-3090".
std::string short_model(const std::string& model) {
  std::string previous;
  std::size_t at = 0;
  while (at < model.size()) {
    const std::size_t end = std::min(model.find(' ', at), model.size());
    const std::string word = model.substr(at, end - at);
    at = end + 1;
    if (word.find_first_of("0123456789") == std::string::npos) {
      previous = word;
      continue;
    }
    const std::string name = word.substr(0, word.find('-'));
    const bool bare_number = name.find_first_not_of("0123456789") == std::string::npos;
    return bare_number && !previous.empty() ? fmt::format("{}-{}", previous, name) : name;
  }
  return model.empty() ? "GPU" : model;
}

void add(std::vector<AcceleratorGroup>& groups, const AcceleratorGroup& kind,
         AcceleratorDevice device) {
  const auto same = std::find_if(groups.begin(), groups.end(), [&](const AcceleratorGroup& group) {
    return group.type == kind.type;
  });
  AcceleratorGroup& group = same != groups.end() ? *same : groups.emplace_back(kind);
  group.devices.push_back(std::move(device));
}

// The driver lists its cards under /proc; a card's "Device Minor" is the number of its node.
void find_nvidia(const fs::path& root, std::vector<AcceleratorGroup>& groups) {
  std::map<int, std::string> models;
  for (const fs::path& card : entries(root / "proc/driver/nvidia/gpus")) {
    const std::string text = small_file(card / "information");
    if (const auto minor = number<int>(field(text, "Device Minor"))) {
      models[*minor] = short_model(field(text, "Model"));
    }
  }
  AcceleratorGroup kind{
      "gpu",
      "",
      {},
      existing(root, {"/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools",
                      "/dev/nvidia-modeset", "/dev/nvidia-caps"})};
  for (const auto& [index, node] : numbered_nodes(root, "nvidia")) {
    kind.type = models.contains(index) ? models[index] : "GPU";
    add(groups, kind, {index, node});
  }
}

// PCI ids of Huawei's (19e5) accelerators, from the public PCI ID repository.
std::string ascend_type(const fs::path& root) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes{{
      {"0xd100", "Ascend-310"},
      {"0xd500", "Ascend-310P"},
      {"0xd801", "Ascend-910"},
      {"0xd802", "Ascend-910B"},
  }};
  for (const fs::path& device : entries(root / "sys/bus/pci/devices")) {
    if (!small_file(device / "vendor").starts_with("0x19e5")) continue;
    const std::string id = small_file(device / "device");
    for (const auto& [known, type] : kTypes) {
      if (id.starts_with(known)) return std::string(type);
    }
  }
  return "Ascend";
}

void find_ascend(const fs::path& root, std::vector<AcceleratorGroup>& groups) {
  const std::map<int, std::string> nodes = numbered_nodes(root, "davinci");
  if (nodes.empty()) return;
  const AcceleratorGroup kind{
      "npu",
      ascend_type(root),
      {},
      existing(root, {"/dev/davinci_manager", "/dev/devmm_svm", "/dev/hisi_hdc"})};
  for (const auto& [index, node] : nodes) add(groups, kind, {index, node});
}

// The least limit of this process' own cgroup and of those above it; 0: none.
std::int64_t cgroup_memory_limit(const fs::path& root) {
  const std::string membership = small_file(root / "proc/self/cgroup");
  std::int64_t least = 0;
  const auto consider = [&](const fs::path& mount, const std::string& path, const char* file) {
    for (fs::path at = mount / fs::path(path).relative_path();; at = at.parent_path()) {
      const std::int64_t limit = number(small_file(at / file)).value_or(0);
      if (limit > 0 && (least == 0 || limit < least)) least = limit;
      if (at == mount || at == at.parent_path()) return;
    }
  };
  consider(root / "sys/fs/cgroup/memory", field(membership, ":memory:"), "memory.limit_in_bytes");
  consider(root / "sys/fs/cgroup", field(membership, "0::"), "memory.max");
  return least;
}

}  // namespace

Machine detect_machine(const fs::path& root) {
  Machine machine;
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) machine.cpus = CPU_COUNT(&set);
  machine.memory_bytes =
      number(field(small_file(root / "proc/meminfo"), "MemTotal")).value_or(0) * 1024;
  const std::int64_t limit = cgroup_memory_limit(root);
  if (limit > 0) machine.memory_bytes = std::min(machine.memory_bytes, limit);
  find_nvidia(root, machine.accelerators);
  find_ascend(root, machine.accelerators);
  return machine;
}

}  // namespace cloudbrain
