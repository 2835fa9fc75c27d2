#include "engines/local/images/container.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/process.h"
#include "engines/local/host_files.h"
#include "engines/local/sandbox.h"

namespace cloudbrain {

namespace {

// systemd leaves 1879048192…2147483647 to nobody (UIDS-GIDS.md of systemd), Debian too.
constexpr unsigned kOuterBase = 1'900'000'000;
constexpr char kPlace[] = "/run/cloudbrain";
constexpr int kPassedDescriptors = kSeccompDescriptor - 2;  // 3 … kSeccompDescriptor

json::object mount_of(std::string_view target, std::string_view type, std::string_view source,
                      std::vector<std::string> options) {
  return {
      {"destination", target}, {"type", type}, {"source", source}, {"options", to_json(options)}};
}

json::object bind_mount(const fs::path& source, std::string_view target, bool read_only) {
  return mount_of(target, "bind", source.native(),
                  {"rbind", "nosuid", "nodev", read_only ? "ro" : "rw"});
}

json::array mounts_of(const Launch& launch, const ContainerParts& parts, const DeviceEdits& edits) {
  const std::int64_t shared = launch.limits.shared_memory_bytes;
  json::array mounts;
  mounts.push_back(mount_of("/proc", "proc", "proc", {"nosuid", "nodev", "noexec"}));
  mounts.push_back(
      mount_of("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=64k"}));
  mounts.push_back(mount_of("/dev/shm", "tmpfs", "shm",
                            {"nosuid", "nodev", "mode=1777",
                             fmt::format("size={}", shared > 0 ? shared : kDefaultSharedMemory)}));
  // As in the sandbox of the host image: the topology of the cores, and more for drivers.
  const fs::path hardware = edits.nodes.empty() ? "/sys/devices/system" : "/sys";
  mounts.push_back(bind_mount(hardware, hardware.native(), true));
  const fs::path resolver = parts.etc / (launch.network ? "resolv.conf" : HostFiles::kNothing);
  mounts.push_back(bind_mount(resolver, "/etc/resolv.conf", true));
  if (launch.network && fs::exists(parts.etc / "hosts"))
    mounts.push_back(bind_mount(parts.etc / "hosts", "/etc/hosts", true));
  const bool has_tmp =
      std::ranges::any_of(launch.mounts, [](const Mount& mount) { return mount.target == "/tmp"; });
  if (!has_tmp) mounts.push_back(mount_of("/tmp", "tmpfs", "tmpfs", {"nosuid", "nodev"}));
  for (const Mount& mount : launch.mounts)
    mounts.push_back(bind_mount(mount.source, mount.target, mount.read_only));
  for (const Mount& mount : edits.mounts)
    mounts.push_back(bind_mount(mount.source, mount.target, mount.read_only));
  for (const DeviceNode& node : edits.nodes)
    mounts.push_back(mount_of(node.target, "bind", node.source, {"bind", "nosuid", "noexec"}));
  return mounts;
}

// Groups of devices stand behind all that an image may use.
constexpr unsigned inner_group(std::size_t position) {
  return kHighestInnerId + 1 + static_cast<unsigned>(position);
}

// Extents of /proc/<pid>/uid_map (user_namespaces(7)): outer_id() in one table, and `groups` of the
// machine.
json::array mappings(unsigned script, unsigned task, const std::vector<unsigned>& groups = {}) {
  json::array table;
  const auto add = [&](unsigned inside, unsigned outside, unsigned count) {
    if (count > 0)
      table.push_back(json::object{{"containerID", inside}, {"hostID", outside}, {"size", count}});
  };
  add(0, kOuterBase, script);
  add(script, task, 1);
  add(script + 1, kOuterBase + script + 1, kHighestInnerId - script);
  for (std::size_t i = 0; i < groups.size(); ++i) add(inner_group(i), groups[i], 1);
  return table;
}

json::object linux_part(const Launch& launch, const ContainerParts& parts,
                        const DeviceEdits& edits) {
  json::array namespaces;
  for (const char* type : {"pid", "mount", "ipc", "uts", "user"})
    namespaces.push_back(json::object{{"type", type}});
  if (!launch.network) namespaces.push_back(json::object{{"type", "network"}});
  return {
      {"namespaces", std::move(namespaces)},
      {"uidMappings", mappings(static_cast<unsigned>(launch.user), parts.user.uid)},
      {"gidMappings", mappings(static_cast<unsigned>(launch.group), parts.user.gid, edits.groups)},
      {"maskedPaths", json::array{"/proc/kcore", "/proc/keys", "/proc/timer_list"}}};
}

json::object process_part(const Launch& launch, const ContainerParts& parts,
                          const DeviceEdits& edits) {
  json::object user{{"uid", launch.user}, {"gid", launch.group}};
  json::array groups;
  for (std::size_t i = 0; i < edits.groups.size(); ++i) groups.emplace_back(inner_group(i));
  if (!groups.empty()) user["additionalGids"] = std::move(groups);
  json::array arguments{fmt::format("/proc/self/fd/{}", kInitDescriptor),
                        "--init",
                        "-",
                        "-",
                        launch.home.empty() ? "/" : launch.home,
                        parts.seccomp.empty() ? "-" : "filter",
                        "--"};
  for (const std::string& word : launch.argv) arguments.emplace_back(json::string(word));
  return {{"terminal", false},
          {"user", std::move(user)},
          {"args", std::move(arguments)},
          {"env", json::array{"PATH=/usr/local/bin:/usr/bin:/bin"}},  // of --init alone
          {"cwd", launch.working_directory.empty() ? "/" : launch.working_directory},
          {"capabilities", json::object{}},
          {"noNewPrivileges", true}};
}

json::object hooks_part(const DeviceEdits& edits) {
  json::object hooks;
  for (const DeviceHook& hook : edits.hooks) {
    json::value& list = hooks[hook.name];
    if (!list.is_array()) list = json::array{};
    list.get_array().push_back(json::object{
        {"path", hook.path}, {"args", to_json(hook.args)}, {"env", to_json(hook.env)}});
  }
  return hooks;
}

// The image's variables, the devices' over them, the contract's over all. A search path is no
// matter of one or the other: what the image adds to it comes after ours.
std::map<std::string, std::string> environment_of(const Launch& launch, const DeviceEdits& edits) {
  std::map<std::string, std::string> environment = launch.image_environment;
  for (const auto& [name, value] : edits.environment) environment[name] = value;
  for (const auto& [name, value] : launch.environment) {
    std::string& place = environment[name];
    const bool joined = name == "PYTHONPATH" && !place.empty();
    place = joined ? value + ":" + place : value;
  }
  add_default_variables(environment, launch.home.empty() ? "/" : launch.home, launch.limits.cpus);
  return environment;
}

void make_owned(const fs::path& directory, const struct stat& like) {
  make_directories(directory);
  if (::chown(directory.c_str(), like.st_uid, like.st_gid) != 0)
    throw_errno("chown", directory.native());
  if (::chmod(directory.c_str(), like.st_mode & 07777U) != 0)
    throw_errno("chmod", directory.native());
}

}  // namespace

std::optional<Text> why_no_containers() {
  if (::geteuid() != 0) {
    return Text{"images other than \"host\" need a server that runs as root.",
                "除“host”外的镜像需要以 root 运行的服务。"};
  }
  if (!find_program("crun")) {
    return Text{"crun, which runs images, is not installed: apt install crun",
                "未安装运行镜像的 crun：apt install crun"};
  }
  const std::string systems = try_read_file("/proc/filesystems").value_or("");
  if (systems.find("\toverlay\n") == std::string::npos) {
    // A module that nobody has asked for yet.
    if (!run_process({.argv = {"modprobe", "overlay"}}).status.ok()) {
      return Text{"the kernel has no overlay file systems (overlayfs).",
                  "内核不支持 overlay 文件系统。"};
    }
  }
  return std::nullopt;
}

ContainerParts find_container_parts() {
  if (const std::optional<Text> why = why_no_containers()) {
    throw Error(ErrorKind::unavailable, "containers_missing",
                {"No image can run on this machine: " + why->en, "本机无法运行镜像：" + why->zh});
  }
  make_directories(kPlace);
  if (::chmod(kPlace, 0711) != 0) throw_errno("chmod", kPlace);
  return {*find_program("crun"), {}, {}, kPlace, task_user()};
}

unsigned outer_id(unsigned id, unsigned script, unsigned task) {
  if (id == script) return task;
  return kOuterBase + std::min(id, kHighestInnerId - (script == kHighestInnerId ? 1 : 0));
}

std::string container_config(const Launch& launch, const ContainerParts& parts,
                             const DeviceEdits& edits) {
  json::object config{{"ociVersion", "1.0.2"},
                      {"process", process_part(launch, parts, edits)},
                      {"root", {{"path", "rootfs"}, {"readonly", false}}},
                      {"hostname", fmt::format("task-{}", launch.task.value)},
                      {"mounts", mounts_of(launch, parts, edits)},
                      {"linux", linux_part(launch, parts, edits)}};
  if (!edits.hooks.empty()) config["hooks"] = hooks_part(edits);
  return to_text(config);
}

RunnerOrders make_container(const Launch& launch, const ContainerParts& parts,
                            std::vector<std::string> cgroups, const DeviceEdits& edits,
                            const fs::path& attempt) {
  const fs::path folder = attempt / "root";
  remove_tree(folder);
  struct stat status{};
  if (::stat(launch.root.c_str(), &status) != 0) throw_errno("stat", launch.root);
  make_directories(folder);
  make_owned(folder / "upper", status);
  make_directories(folder / "work");
  write_file_atomic(folder / "config.json", container_config(launch, parts, edits), Durable::no,
                    0600);
  RunnerOrders orders;
  orders.task = launch.task.value;
  orders.attempt = launch.attempt;
  orders.command = {parts.runtime.native(),
                    "--root",
                    (parts.place / "state").native(),
                    "--cgroup-manager=disabled",
                    "run",
                    "--no-new-keyring",
                    fmt::format("--preserve-fds={}", kPassedDescriptors),
                    "--bundle",
                    parts.place.native(),
                    fmt::format("task-{}-{}", launch.task.value, launch.attempt)};
  orders.environment = environment_of(launch, edits);
  orders.cgroups = std::move(cgroups);
  orders.limits = launch.limits;
  orders.seccomp = parts.seccomp.native();
  orders.root = {launch.root,
                 (folder / "upper").native(),
                 (folder / "work").native(),
                 parts.place.native(),
                 (folder / "config.json").native(),
                 static_cast<std::int64_t>(parts.user.uid)};
  orders.accelerator_type = launch.accelerator_type;
  orders.writable.push_back(orders.root.upper);
  for (const Mount& mount : launch.mounts) {
    if (!mount.read_only) orders.writable.push_back(mount.source);
  }
  return orders;
}

void remove_container(const RunnerOrders& orders) {
  if (orders.root.upper.empty()) return;
  remove_tree(fs::path(orders.root.upper).parent_path());
}

}  // namespace cloudbrain
