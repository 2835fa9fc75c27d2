#include "engines/local/devices/cdi.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "base/json.h"
#include "engines/local/devices/cdi_yaml.h"

namespace cloudbrain {

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{4} << 20U;

[[noreturn]] void refuse(const std::string& en, const std::string& zh) {
  throw Error(ErrorKind::invalid, "cdi_file", {en, zh});
}

// Lists of objects and texts, read leniently: a newer version may say more than we know, and YAML
// does not tell 0 from "0".
const json::array& list(const json::object& from, std::string_view key) {
  static const json::array kNone;
  const json::value* const value = from.if_contains(key);
  if (value == nullptr || value->is_null()) return kNone;
  if (!value->is_array()) {
    refuse(fmt::format("\"{}\" must be a list.", key), fmt::format("“{}”应为列表。", key));
  }
  return value->get_array();
}

const json::object& object(const json::value& from, std::string_view what) {
  if (!from.is_object()) {
    refuse(fmt::format("{} must be a group of fields.", what), fmt::format("{} 应为对象。", what));
  }
  return from.get_object();
}

std::string plain_text(const json::value& from, std::string_view what) {
  if (from.is_string()) return std::string(from.get_string());
  if (from.is_int64() || from.is_uint64()) return json::serialize(from);
  refuse(fmt::format("{} must be a text.", what), fmt::format("{} 应为文本。", what));
}

std::string text(const json::object& from, std::string_view key, std::string otherwise = {}) {
  const json::value* const value = from.if_contains(key);
  return value == nullptr || value->is_null() ? otherwise : plain_text(*value, key);
}

std::vector<std::string> texts(const json::object& from, std::string_view key) {
  std::vector<std::string> words;
  for (const json::value& word : list(from, key)) words.push_back(plain_text(word, key));
  return words;
}

// Absolute, and no way out of where it points.
std::string absolute_path(const std::string& path, std::string_view key) {
  const fs::path given(path);
  if (given.is_absolute() && path.find('\0') == std::string::npos &&
      std::ranges::find(given, fs::path("..")) == given.end()) {
    return given.lexically_normal().native();
  }
  refuse(fmt::format("{} is \"{}\"; it must be an absolute path without \"..\".", key, path),
         fmt::format("{} 为“{}”，应为不含“..”的绝对路径。", key, path));
}

std::map<std::string, std::string> annotations_of(const json::object& from) {
  std::map<std::string, std::string> annotations;
  const json::value* const given = from.if_contains("annotations");
  if (given == nullptr || given->is_null()) return annotations;
  for (const auto& [key, value] : object(*given, "annotations")) {
    annotations[std::string(key)] = plain_text(value, key);
  }
  return annotations;
}

DeviceNode node_of(const json::object& from) {
  DeviceNode node;
  node.target = absolute_path(text(from, "path"), "path");
  node.source = absolute_path(text(from, "hostPath", node.target), "hostPath");
  node.permissions = text(from, "permissions", "rw");
  if (node.permissions.empty() || node.permissions.find_first_not_of("rwm") != std::string::npos) {
    refuse(fmt::format("permissions is \"{}\"; it is made of r, w and m.", node.permissions),
           fmt::format("permissions 为“{}”，只能由 r、w、m 组成。", node.permissions));
  }
  return node;
}

Mount mount_of(const json::object& from) {
  const std::vector<std::string> options = texts(from, "options");
  return {absolute_path(text(from, "hostPath"), "hostPath"),
          absolute_path(text(from, "containerPath"), "containerPath"),
          std::ranges::find(options, "rw") == options.end()};
}

DeviceHook hook_of(const json::object& from) {
  return {text(from, "hookName"), absolute_path(text(from, "path"), "path"), texts(from, "args"),
          texts(from, "env")};
}

DeviceEdits edits_of(const json::object& from) {
  DeviceEdits edits;
  const json::value* const given = from.if_contains("containerEdits");
  if (given == nullptr || given->is_null()) return edits;
  const json::object& all = object(*given, "containerEdits");
  for (const std::string& variable : texts(all, "env")) {
    const std::size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos) {
      refuse(fmt::format("env has \"{}\"; it is written NAME=value.", variable),
             fmt::format("env 中有“{}”，应写作 NAME=value。", variable));
    }
    edits.environment[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  for (const json::value& node : list(all, "deviceNodes")) {
    edits.nodes.push_back(node_of(object(node, "deviceNodes")));
  }
  for (const json::value& mount : list(all, "mounts")) {
    edits.mounts.push_back(mount_of(object(mount, "mounts")));
  }
  for (const json::value& hook : list(all, "hooks")) {
    edits.hooks.push_back(hook_of(object(hook, "hooks")));
  }
  for (const std::string& number : texts(all, "additionalGids")) {
    unsigned group = 0;
    const auto end = number.data() + number.size();
    const auto [at, problem] = std::from_chars(number.data(), end, group);
    if (problem != std::errc{} || at != end) {
      refuse(fmt::format("additionalGids has \"{}\"; it is a list of numbers.", number),
             fmt::format("additionalGids 中有“{}”，应为数字列表。", number));
    }
    if (group != 0) edits.groups.push_back(group);
  }
  return edits;
}

bool is_word(std::string_view word, std::string_view more) {
  return !word.empty() && std::ranges::all_of(word, [&](unsigned char c) {
    return std::isalnum(c) != 0 || more.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// "vendor.com/class".
std::string kind_of(const json::object& from) {
  const std::string kind = text(from, "kind");
  const std::size_t slash = kind.find('/');
  if (slash == std::string::npos || !is_word(std::string_view(kind).substr(0, slash), "._-") ||
      !is_word(std::string_view(kind).substr(slash + 1), "_-.")) {
    refuse(fmt::format("kind is \"{}\"; it is written vendor.com/class.", kind),
           fmt::format("kind 为“{}”，应写作 vendor.com/class。", kind));
  }
  return kind;
}

// Nodes that all devices have (/dev/nvidiactl) tell nothing apart.
void find_own_nodes(std::vector<CdiDevice>& devices) {
  std::map<std::string, std::size_t> users;
  for (const CdiDevice& device : devices) {
    for (const DeviceNode& node : device.edits.nodes) ++users[node.target];
  }
  for (CdiDevice& device : devices) {
    for (const DeviceNode& node : device.edits.nodes) {
      if (devices.size() == 1 || users[node.target] < devices.size())
        device.own_nodes.push_back(node.target);
    }
  }
}

// "0" before "GPU-5e…": short, and numbers first.
bool plainer(const CdiDevice& one, const CdiDevice& other) {
  const auto rank = [](const CdiDevice& device) {
    const bool number = is_word(device.name, ":") &&
                        device.name.find_first_not_of("0123456789:") == std::string::npos;
    return std::tuple(!number, device.name.size(), device.name);
  };
  return rank(one) < rank(other);
}

// Has all that `part` has of its own, and more: "all" beside "0".
bool stands_for_more_than(const CdiDevice& whole, const CdiDevice& part) {
  if (part.own_nodes.empty() || whole.own_nodes.size() <= part.own_nodes.size()) return false;
  return std::ranges::all_of(part.own_nodes, [&](const std::string& node) {
    return std::ranges::find(whole.own_nodes, node) != whole.own_nodes.end();
  });
}

std::vector<CdiDevice> one_of_each(std::vector<CdiDevice> devices) {
  std::ranges::sort(devices, plainer);
  std::vector<CdiDevice> kept;
  for (CdiDevice& device : devices) {
    const auto same = [&](const CdiDevice& other) {
      return other.kind == device.kind && other.edits == device.edits;
    };
    if (std::ranges::any_of(kept, same)) continue;
    const auto parts = std::ranges::count_if(devices, [&](const CdiDevice& other) {
      return other.kind == device.kind && stands_for_more_than(device, other);
    });
    if (parts > 0 || device.name == "all") continue;
    kept.push_back(device);
  }
  return kept;
}

// All devices of one directory, by full name.
std::map<std::string, CdiDevice> read_directory(const fs::path& directory,
                                                std::vector<Text>& problems) {
  std::map<std::string, CdiDevice> found;
  std::set<std::string> twice;
  std::error_code error;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    const std::string ending = entry.path().extension();
    if (ending == ".json" || ending == ".yaml" || ending == ".yml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    try {
      if (fs::file_size(file) > kLargestFile) refuse("it is larger than 4 MB.", "文件超过 4 MB。");
      const std::string text = read_file(file);
      for (CdiDevice& device : parse_cdi(text, file.extension() != ".json")) {
        std::string name = device.full_name();
        if (!found.try_emplace(name, std::move(device)).second) twice.insert(std::move(name));
      }
    } catch (const Error& problem) {
      problems.push_back({fmt::format("{}: {}", file.native(), problem.message().en),
                          fmt::format("{}：{}", file.native(), problem.message().zh)});
    } catch (const std::exception& problem) {
      problems.push_back({fmt::format("{}: {}", file.native(), problem.what()),
                          fmt::format("{}：{}", file.native(), problem.what())});
    }
  }
  for (const std::string& name : twice) {
    found.erase(name);
    problems.push_back(
        {fmt::format("{}: two files describe {}; neither is used.", directory.native(), name),
         fmt::format("{}：两个文件都描述了 {}，均不采用。", directory.native(), name)});
  }
  return found;
}

}  // namespace

std::vector<CdiDevice> parse_cdi(std::string_view text_of_file, bool yaml) {
  const json::value document = yaml ? yaml_to_json(text_of_file) : parse_json(text_of_file);
  const json::object& all = object(document, "the file");
  const std::string kind = kind_of(all);
  const DeviceEdits shared = edits_of(all);
  const std::map<std::string, std::string> annotations = annotations_of(all);
  std::vector<CdiDevice> devices;
  for (const json::value& each : list(all, "devices")) {
    const json::object& given = object(each, "devices");
    CdiDevice device{kind, text(given, "name"), shared, {}, annotations_of(given)};
    device.annotations.insert(annotations.begin(), annotations.end());
    if (!is_word(device.name, "_-.:")) {
      refuse(fmt::format("a device is named \"{}\"; a name has letters, digits and _ - . : only.",
                         device.name),
             fmt::format("设备名“{}”不合法，只能含字母、数字和 _ - . :。", device.name));
    }
    add_edits(device.edits, edits_of(given));
    devices.push_back(std::move(device));
  }
  return devices;
}

CdiDevices read_cdi(const std::vector<fs::path>& directories) {
  CdiDevices result;
  std::map<std::string, CdiDevice> all;
  for (const fs::path& directory : directories) {
    for (auto& [name, device] : read_directory(directory, result.problems)) {
      all.insert_or_assign(name, std::move(device));
    }
  }
  std::map<std::string, std::vector<CdiDevice>> by_kind;
  for (auto& [name, device] : all) by_kind[device.kind].push_back(std::move(device));
  for (auto& [kind, devices] : by_kind) {
    find_own_nodes(devices);
    std::vector<CdiDevice> kept = one_of_each(std::move(devices));
    find_own_nodes(kept);  // of those that are left
    std::ranges::move(kept, std::back_inserter(result.devices));
  }
  return result;
}

}  // namespace cloudbrain
