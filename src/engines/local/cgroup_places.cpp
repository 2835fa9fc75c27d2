#include "engines/local/cgroup_places.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

namespace cloudbrain {

namespace {

constexpr std::array<std::string_view, 5> kControllers{"cpu", "cpuacct", "devices", "memory",
                                                       "pids"};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(separator), text.size());
    if (at > 0) parts.push_back(text.substr(0, at));
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return parts;
}

std::set<std::string> ours(std::string_view list, char separator) {
  std::set<std::string> found;
  for (const std::string_view name : split(list, separator)) {
    if (std::ranges::find(kControllers, name) != kControllers.end()) found.emplace(name);
  }
  return found;
}

// The path of this process in the hierarchy that has `controller`; "" asks for v2.
std::string own_path(std::string_view self_cgroup, std::string_view controller) {
  for (const std::string_view line : split(self_cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const auto names = split(controllers, ',');
    const bool matches = controller.empty() ? controllers.empty()
                                            : std::ranges::find(names, controller) != names.end();
    if (matches) return std::string(line.substr(second + 1));
  }
  return {};
}

// A mount shows the hierarchy from `root` on (a container's own part of it).
fs::path place_in_mount(const fs::path& mount, const fs::path& root, const fs::path& path) {
  const fs::path relative = path.lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..") return mount;
  return relative == "." ? mount : mount / relative;
}

bool write_text(const fs::path& path, std::string_view text) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool make_directory(const fs::path& path) {
  return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
}

std::string small_file(const fs::path& path) {
  try {
    return try_read_file(path).value_or("");
  } catch (const std::exception&) {
    return {};
  }
}

// One by one: a controller that is missing must not keep the others off.
std::set<std::string> enable_controllers(const fs::path& directory) {
  for (const std::string& name : ours(small_file(directory / "cgroup.controllers"), ' ')) {
    (void)write_text(directory / "cgroup.subtree_control", "+" + name);
  }
  std::string enabled = small_file(directory / "cgroup.subtree_control");
  std::ranges::replace(enabled, '\n', ' ');
  return ours(enabled, ' ');
}

}  // namespace

std::vector<CgroupHierarchy> parse_hierarchies(std::string_view self_cgroup,
                                               std::string_view mountinfo) {
  std::vector<CgroupHierarchy> found;
  for (const std::string_view line : split(mountinfo, '\n')) {
    // id parent device root mountpoint options [tags…] - type source superoptions
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto before = split(line.substr(0, dash), ' ');
    const auto after = split(line.substr(dash + 3), ' ');
    if (before.size() < 6 || after.size() < 3) continue;
    CgroupHierarchy hierarchy;
    hierarchy.v2 = after[0] == "cgroup2";
    hierarchy.controllers = ours(after[2], ',');
    if (!hierarchy.v2 && (after[0] != "cgroup" || hierarchy.controllers.empty())) continue;
    const std::string path =
        own_path(self_cgroup, hierarchy.v2 ? "" : std::string_view(*hierarchy.controllers.begin()));
    hierarchy.mount = before[4];
    hierarchy.own = place_in_mount(hierarchy.mount, before[3], path);
    if (hierarchy.v2) hierarchy.controllers.clear();
    const auto same = [&](const CgroupHierarchy& other) {
      return other.v2 == hierarchy.v2 && other.controllers == hierarchy.controllers;
    };
    if (std::ranges::none_of(found, same)) found.push_back(std::move(hierarchy));
  }
  return found;
}

CgroupPlaces::CgroupPlaces(std::string name) : name_(std::move(name)) {
  for (const CgroupHierarchy& hierarchy :
       parse_hierarchies(small_file("/proc/self/cgroup"), small_file("/proc/self/mountinfo"))) {
    if (!prepare(hierarchy)) {
      log::debug("cgroups below {} can't be used", hierarchy.own.native());
    }
  }
}

CgroupPlaces::~CgroupPlaces() {
  for (const fs::path& place : places_) ::rmdir(place.c_str());
}

bool CgroupPlaces::prepare(const CgroupHierarchy& hierarchy) {
  if (hierarchy.v2) return prepare_v2(hierarchy);
  const fs::path place = hierarchy.own / name_;
  if (!make_directory(place) || ::access((place / "cgroup.procs").c_str(), W_OK) != 0) return false;
  places_.push_back(place);
  controllers_.insert(hierarchy.controllers.begin(), hierarchy.controllers.end());
  return true;
}

// Version 2 has no processes beside children that are limited ("no internal processes", cgroup-v2
// documentation). Root of a whole machine: below the hierarchy's root, which is free of that rule,
// so that the service's own cgroup stays as its manager made it. Else (a container, a delegated
// unit): below our own cgroup, whose processes first move aside into a leaf of it.
bool CgroupPlaces::prepare_v2(const CgroupHierarchy& hierarchy) {
  if (ours(small_file(hierarchy.mount / "cgroup.controllers"), ' ').empty()) return false;
  const bool machine_root = !fs::exists(hierarchy.mount / "cgroup.type");
  fs::path parent = machine_root && ::geteuid() == 0 ? hierarchy.mount : hierarchy.own;
  constexpr std::string_view kLeaf = "cloudbrain-server";
  if (parent.filename() == kLeaf) parent = parent.parent_path();
  if (parent != hierarchy.mount || !machine_root) {
    if (!make_directory(parent / kLeaf)) return false;
    for (const std::string_view pid : split(small_file(parent / "cgroup.procs"), '\n')) {
      (void)write_text(parent / kLeaf / "cgroup.procs", pid);
    }
  }
  if (enable_controllers(parent).empty()) return false;
  const fs::path place = parent / name_;
  if (!make_directory(place)) return false;
  const std::set<std::string> enabled = enable_controllers(place);
  if (enabled.empty()) return false;
  places_.push_back(place);
  controllers_.insert(enabled.begin(), enabled.end());
  controllers_.insert("cpuacct");  // every v2 cgroup counts
  return true;
}

std::vector<std::string> CgroupPlaces::directories(const std::string& task) const {
  std::vector<std::string> directories;
  directories.reserve(places_.size());
  for (const fs::path& place : places_) directories.push_back(place / task);
  return directories;
}

std::set<std::string> CgroupPlaces::children() const {
  std::set<std::string> names;
  for (const fs::path& place : places_) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(place, error)) {
      if (entry.is_directory(error)) names.insert(entry.path().filename());
    }
  }
  return names;
}

}  // namespace cloudbrain
