#include "engines/local/sandbox.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/process.h"
#include "engines/local/host_files.h"

namespace cloudbrain {

namespace {

constexpr char kHome[] = "/home/task";
// The runner hands itself over as a descriptor, so that no file of it has to be mounted.
const std::string kInit = fmt::format("/proc/self/fd/{}", kInitDescriptor);

class Arguments {
 public:
  template <typename... Words>
  void add(const Words&... words) {
    (arguments_.emplace_back(words), ...);
  }
  std::vector<std::string> take() { return std::move(arguments_); }

 private:
  std::vector<std::string> arguments_;
};

bool lies_in(const fs::path& path, const fs::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first ==
         directory.end();
}

void add_namespaces(Arguments& arguments, const Launch& launch, const TaskUser& user) {
  arguments.add("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname",
                fmt::format("task-{}", launch.task.value), "--new-session", "--die-with-parent",
                "--as-pid-1");
  if (!launch.network) arguments.add("--unshare-net");
  if (user.own_user) {
    // What init needs to leave root, and nothing more; it drops these too.
    arguments.add("--cap-drop", "ALL", "--cap-add", "CAP_CHOWN", "--cap-add", "CAP_SETUID",
                  "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP");
  } else {
    arguments.add("--unshare-user", "--uid", std::to_string(user.uid), "--gid",
                  std::to_string(user.gid));
  }
}

void add_system(Arguments& arguments, const Launch& launch, const SandboxParts& parts) {
  arguments.add("--ro-bind", "/usr", "/usr");
  for (const auto& [name, link] : parts.root_entries) {
    if (link.empty()) {
      arguments.add("--ro-bind", name, name);
    } else {
      arguments.add("--symlink", link, name);
    }
  }
  arguments.add("--ro-bind", parts.etc.native(), "/etc");
  if (!launch.network) {
    arguments.add("--ro-bind", (parts.etc / HostFiles::kNothing).native(), "/etc/resolv.conf");
  }
  arguments.add("--proc", "/proc", "--dev", "/dev");
  const std::int64_t shared = launch.limits.shared_memory_bytes;
  arguments.add("--size", std::to_string(shared > 0 ? shared : kDefaultSharedMemory), "--perms",
                "1777", "--tmpfs", "/dev/shm");
  arguments.add("--dir", "/run", "--dir", "/var", "--symlink", "/tmp", "/var/tmp");
  arguments.add("--perms", "1777", "--tmpfs", "/home");
  const auto is_tmp = [](const Mount& mount) { return mount.target == "/tmp"; };
  if (std::ranges::none_of(launch.mounts, is_tmp))
    arguments.add("--perms", "1777", "--tmpfs", "/tmp");
}

// True where the host's own tree, which every sandbox shows read-only, is at `path`.
bool is_host_tree(const fs::path& path, const SandboxParts& parts) {
  if (lies_in(path, "/usr") || lies_in(path, "/etc")) return true;
  return std::ranges::any_of(parts.root_entries,
                             [&](const auto& entry) { return lies_in(path, entry.first); });
}

// bwrap makes missing directories above a mounted file for root alone (0700), so they are made
// first.
class Directories {
 public:
  explicit Directories(Arguments& arguments) : arguments_(arguments) {}

  void make_above(const fs::path& target) {
    fs::path above;
    for (const fs::path& part : target.parent_path()) {
      above /= part;
      if (made_.insert(above).second) arguments_.add("--dir", above.native());
    }
    made_.insert(target);
  }

 private:
  Arguments& arguments_;
  std::set<fs::path> made_{"/"};
};

// Numeric libraries read the topology of the cores below /sys, drivers of accelerators much more.
void add_devices(Arguments& arguments, const DeviceEdits& devices, const SandboxParts& parts) {
  const std::string hardware = devices.empty() ? "/sys/devices/system" : "/sys";
  arguments.add("--ro-bind-try", hardware, hardware);
  Directories directories(arguments);
  for (const DeviceNode& node : devices.nodes) {
    directories.make_above(node.target);
    arguments.add("--dev-bind", node.source, node.target);
  }
  for (const Mount& mount : devices.mounts) {
    const bool host = is_host_tree(mount.target, parts);
    if (host && (mount.source == mount.target || !fs::exists(mount.target))) continue;
    if (!host) directories.make_above(mount.target);
    arguments.add(mount.read_only ? "--ro-bind" : "--bind", mount.source, mount.target);
  }
}

void add_mounts(Arguments& arguments, const Launch& launch) {
  Directories directories(arguments);
  for (const Mount& mount : launch.mounts) {
    directories.make_above(mount.target);
    arguments.add(mount.read_only ? "--ro-bind" : "--bind", mount.source, mount.target);
  }
}

// Where somebody keeps the data directory below /usr it would be in sight.
void hide(Arguments& arguments, const fs::path& hidden, const SandboxParts& parts) {
  bool visible = lies_in(hidden, "/usr");
  for (const auto& [name, link] : parts.root_entries) {
    visible = visible || (link.empty() && lies_in(hidden, name));
  }
  if (visible) arguments.add("--perms", "0000", "--tmpfs", hidden.native());
}

}  // namespace

void add_default_variables(std::map<std::string, std::string>& environment, const std::string& home,
                           double cpus) {
  environment.try_emplace("PATH", "/usr/local/bin:/usr/bin:/bin");
  environment.try_emplace("HOME", home);
  environment.try_emplace("USER", "task");
  environment.try_emplace("LOGNAME", "task");
  environment.try_emplace("LANG", "C.UTF-8");
  // The limit on CPU time does not change how many cores a library counts.
  const int threads = std::max(1, static_cast<int>(std::floor(cpus)));
  environment.try_emplace("OMP_NUM_THREADS", std::to_string(threads));
}

SandboxParts find_sandbox_parts(fs::path seccomp, fs::path hidden) {
  const std::optional<fs::path> bwrap = find_program("bwrap");
  if (!bwrap) {
    throw Error(ErrorKind::unavailable, "sandbox_missing",
                {"The sandbox program bwrap is not installed on this machine.",
                 "本机未安装沙箱程序 bwrap。"},
                {"Install it: apt install bubblewrap", "请安装：apt install bubblewrap"});
  }
  SandboxParts parts{*bwrap, {}, std::move(seccomp), task_user(), {}, std::move(hidden)};
  for (const char* name : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(name, error);
    if (fs::is_symlink(status))
      parts.root_entries.emplace_back(name, fs::read_symlink(name).native());
    if (fs::is_directory(status)) parts.root_entries.emplace_back(name, "");
  }
  return parts;
}

RunnerOrders make_orders(const Launch& launch, const SandboxParts& parts,
                         std::vector<std::string> cgroups, const DeviceEdits& devices) {
  Arguments arguments;
  arguments.add(parts.bwrap.native());
  add_namespaces(arguments, launch, parts.user);
  add_system(arguments, launch, parts);
  add_devices(arguments, devices, parts);
  hide(arguments, parts.hidden, parts);
  add_mounts(arguments, launch);
  if (!parts.user.own_user) arguments.add("--remount-ro", "/");  // else "/" would be the user's own
  arguments.add("--chdir", launch.working_directory.empty() ? "/" : launch.working_directory);
  if (!parts.seccomp.empty()) arguments.add("--seccomp", std::to_string(kSeccompDescriptor));
  arguments.add("--", kInit, "--init");
  if (parts.user.own_user) {
    // Groups behind the first are for devices that belong to one.
    std::string groups = std::to_string(parts.user.gid);
    for (const unsigned group : devices.groups) groups += "," + std::to_string(group);
    arguments.add(std::to_string(parts.user.uid), groups);
  } else {
    arguments.add("-", "-");
  }
  arguments.add(kHome, "-", "--");
  for (const std::string& word : launch.argv) arguments.add(word);

  RunnerOrders orders;
  orders.task = launch.task.value;
  orders.attempt = launch.attempt;
  orders.command = arguments.take();
  orders.environment = launch.environment;
  orders.environment.insert(devices.environment.begin(), devices.environment.end());
  add_default_variables(orders.environment, kHome, launch.limits.cpus);
  orders.cgroups = std::move(cgroups);
  orders.limits = launch.limits;
  orders.seccomp = parts.seccomp.native();
  orders.accelerator_type = launch.accelerator_type;
  for (const Mount& mount : launch.mounts) {
    if (!mount.read_only) orders.writable.push_back(mount.source);
  }
  return orders;
}

}  // namespace cloudbrain
