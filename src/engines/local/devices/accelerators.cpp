#include "engines/local/devices/accelerators.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include "engines/local/devices/cdi.h"
#include "engines/local/devices/nvidia.h"
#include "engines/local/devices/small_files.h"

namespace cloudbrain {

namespace {

constexpr std::string_view kNvidiaNode = "/dev/nvidia";

// One device on its way into a group.
struct Found {
  std::string compute;
  std::string type;
  AcceleratorDevice device;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// The value of <anything>/<key>.
std::string annotation(const CdiDevice& device, std::string_view key) {
  for (const auto& [name, value] : device.annotations) {
    const std::size_t slash = name.rfind('/');
    if (slash != std::string::npos && name.substr(slash + 1) == key) return value;
  }
  return {};
}

// "32GB", "512MB", or bytes.
std::int64_t amount(std::string_view text) {
  const std::int64_t value = number(text).value_or(0);
  const unsigned shift = text.ends_with("GB") ? 30U : text.ends_with("MB") ? 20U : 0U;
  return value < 0 || value > (INT64_MAX >> shift) ? 0 : value << shift;
}

// The number behind `prefix` of the first of the device's own nodes that has one.
std::optional<int> node_number(const std::vector<std::string>& nodes, std::string_view prefix) {
  for (const std::string& node : nodes) {
    if (!node.starts_with(prefix)) continue;
    const std::string_view digits = std::string_view(node).substr(prefix.size());
    if (!digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos)
      return number<int>(digits);
  }
  return std::nullopt;
}

Found found_by_cdi(const CdiDevice& cdi, const std::map<int, NvidiaCard>& cards, int position) {
  const std::size_t slash = cdi.kind.find('/');
  const std::string vendor = cdi.kind.substr(0, slash);
  Found found;
  found.compute = lower(std::string_view(cdi.kind).substr(slash + 1));
  found.type = annotation(cdi, "type");
  if (found.type.empty()) found.type = short_model(annotation(cdi, "model"));
  if (annotation(cdi, "type").empty() && annotation(cdi, "model").empty())
    found.type = vendor.substr(0, vendor.find('.'));
  std::ranges::replace_if(
      found.type, [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_'; },
      '-');
  found.device.name = cdi.full_name();
  found.device.index = number<int>(cdi.name).value_or(position);
  found.device.memory_bytes = amount(annotation(cdi, "memory"));
  found.device.edits = cdi.edits;
  if (vendor != "nvidia.com") return found;
  if (const auto minor = node_number(cdi.own_nodes, kNvidiaNode)) {
    found.device.index = *minor;
    const auto card = cards.find(*minor);
    if (card == cards.end()) return found;
    // A part of a card (MIG) is another type, of less memory than the card.
    const bool part = cdi.name.find(':') != std::string::npos;
    found.type = (card->second.type.empty() ? "GPU" : card->second.type) + (part ? "-MIG" : "");
    if (!part) found.device.memory_bytes = card->second.memory_bytes;
    found.device.problem = card->second.problem;
  }
  return found;
}

void add_existing(const fs::path& root, DeviceEdits& edits,
                  std::initializer_list<const char*> nodes) {
  for (const std::string node : nodes) {
    if (fs::exists(root / node.substr(1))) edits.nodes.push_back({node, node});
  }
}

std::vector<Found> find_nvidia(const fs::path& root, const std::map<int, NvidiaCard>& cards) {
  std::vector<Found> all;
  DeviceEdits shared;
  add_existing(
      root, shared,
      {"/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset"});
  for (const auto& [index, node] : numbered_nodes(root, "nvidia")) {
    Found found{"gpu", "GPU", {index, node, 0, {}, shared}};
    found.device.edits.nodes.push_back({node, node});
    if (const auto card = cards.find(index); card != cards.end()) {
      if (!card->second.type.empty()) found.type = card->second.type;
      found.device.memory_bytes = card->second.memory_bytes;
      found.device.problem = card->second.problem;
    }
    all.push_back(std::move(found));
  }
  return all;
}

// PCI ids of Huawei's (19e5) accelerators, from the public PCI ID repository.
std::string ascend_type(const fs::path& root) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes{{
      {"0xd100", "Ascend-310"},
      {"0xd500", "Ascend-310P"},
      {"0xd801", "Ascend-910"},
      {"0xd802", "Ascend-910B"},
  }};
  for (const fs::path& device : sorted_entries(root / "sys/bus/pci/devices")) {
    if (!small_file(device / "vendor").starts_with("0x19e5")) continue;
    const std::string id = small_file(device / "device");
    for (const auto& [known, type] : kTypes) {
      if (id.starts_with(known)) return std::string(type);
    }
  }
  return "Ascend";
}

std::vector<Found> find_ascend(const fs::path& root) {
  std::vector<Found> all;
  DeviceEdits shared;
  add_existing(root, shared, {"/dev/davinci_manager", "/dev/devmm_svm", "/dev/hisi_hdc"});
  // The driver's libraries and tools; under /usr the host image has them already.
  for (const std::string path : {"/usr/local/Ascend/driver", "/usr/local/dcmi"}) {
    if (fs::is_directory(root / path.substr(1))) shared.mounts.push_back({path, path, true});
  }
  const std::map<int, std::string> nodes = numbered_nodes(root, "davinci");
  const std::string type = nodes.empty() ? "" : ascend_type(root);
  for (const auto& [index, node] : nodes) {
    Found found{"npu", type, {index, node, 0, {}, shared}};
    found.device.edits.nodes.push_back({node, node});
    all.push_back(std::move(found));
  }
  return all;
}

// What the machine's own files say of the nodes: are they there, and who may open them?
void look_at_nodes(const fs::path& root, AcceleratorDevice& device) {
  for (const DeviceNode& node : device.edits.nodes) {
    struct stat status{};
    if (::stat((root / fs::path(node.source).relative_path()).c_str(), &status) != 0) {
      if (device.problem.empty()) {
        device.problem = {fmt::format("its node {} is not there", node.source),
                          fmt::format("设备节点 {} 不存在", node.source)};
      }
      continue;
    }
    // For the group alone, as Ascend's are: a task is then of that group.
    const bool group_only = (status.st_mode & 0060) == 0060 && (status.st_mode & 0006) != 0006;
    const bool known =
        std::ranges::find(device.edits.groups, status.st_gid) != device.edits.groups.end();
    if (group_only && status.st_gid != 0 && !known) device.edits.groups.push_back(status.st_gid);
  }
}

void add(std::vector<AcceleratorGroup>& groups, Found found) {
  const auto same = std::ranges::find_if(groups, [&](const AcceleratorGroup& group) {
    return group.compute == found.compute && group.type == found.type;
  });
  AcceleratorGroup& group =
      same != groups.end() ? *same
                           : groups.emplace_back(AcceleratorGroup{found.compute, found.type, {}});
  group.devices.push_back(std::move(found.device));
}

// Types are how a spec names what it wants: two kinds of compute resource with one type in common
// ("fake.example/gpu", "fake.example/npu") would be taken for each other.
void tell_types_apart(std::vector<AcceleratorGroup>& groups) {
  std::set<std::string> types;
  for (AcceleratorGroup& group : groups) {
    if (!types.insert(group.type).second) group.type += "-" + group.compute;
  }
}

}  // namespace

Accelerators find_accelerators(const MachineSources& sources) {
  Accelerators result;
  std::vector<fs::path> directories;
  directories.reserve(sources.cdi.size());
  for (const fs::path& directory : sources.cdi) {
    directories.push_back(sources.root / directory.relative_path());
  }
  CdiDevices cdi = read_cdi(directories);
  result.problems = std::move(cdi.problems);
  const std::map<int, NvidiaCard> cards = nvidia_cards(sources.root);
  std::vector<Found> all;
  std::set<std::string> described;  // nodes that a CDI file is about
  for (const CdiDevice& device : cdi.devices) {
    described.insert(device.own_nodes.begin(), device.own_nodes.end());
    all.push_back(found_by_cdi(device, cards, static_cast<int>(all.size())));
  }
  for (std::vector<Found> some : {find_nvidia(sources.root, cards), find_ascend(sources.root)}) {
    for (Found& found : some) {
      if (!described.contains(found.device.name)) all.push_back(std::move(found));
    }
  }
  for (Found& found : all) {
    look_at_nodes(sources.root, found.device);
    add(result.groups, std::move(found));
  }
  for (AcceleratorGroup& group : result.groups) {
    std::ranges::sort(group.devices,
                      [](const AcceleratorDevice& one, const AcceleratorDevice& other) {
                        return std::tie(one.index, one.name) < std::tie(other.index, other.name);
                      });
  }
  tell_types_apart(result.groups);
  return result;
}

DeviceEdits edits_for(const AcceleratorGroup& group, const std::vector<std::string>& names) {
  DeviceEdits edits;
  std::vector<int> indexes;
  std::map<std::string, std::vector<std::string>> said;
  static const std::set<std::string> kVisible{"CUDA_VISIBLE_DEVICES", "ASCEND_VISIBLE_DEVICES",
                                              "ASCEND_RT_VISIBLE_DEVICES"};
  for (const AcceleratorDevice& device : group.devices) {
    if (std::ranges::find(names, device.name) == names.end()) continue;
    add_edits(edits, device.edits);
    indexes.push_back(device.index);
    for (const std::string& variable : kVisible) {
      const auto value = device.edits.environment.find(variable);
      if (value == device.edits.environment.end()) continue;
      std::vector<std::string>& values = said[variable];
      if (std::ranges::find(values, value->second) == values.end()) values.push_back(value->second);
    }
  }
  if (names.empty()) return edits;
  std::vector<std::size_t> counted(indexes.size());
  for (std::size_t i = 0; i < counted.size(); ++i) counted[i] = i;
  const std::string from_zero = fmt::format("{}", fmt::join(counted, ","));
  if (group.compute == "gpu") edits.environment["CUDA_VISIBLE_DEVICES"] = from_zero;
  if (group.compute == "npu") {
    edits.environment["ASCEND_VISIBLE_DEVICES"] = fmt::format("{}", fmt::join(indexes, ","));
    edits.environment["ASCEND_RT_VISIBLE_DEVICES"] = from_zero;
  }
  for (const auto& [variable, values] : said) {
    edits.environment[variable] = fmt::format("{}", fmt::join(values, ","));
  }
  edits.environment["CLOUDBRAIN_ACCELERATORS"] = fmt::format("{}", fmt::join(names, ","));
  return edits;
}

}  // namespace cloudbrain
