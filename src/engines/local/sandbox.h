// From a Launch to the command that starts it in a sandbox of the host image. No I/O but where
// said.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "domain/launch.h"
#include "engines/local/device_edits.h"
#include "engines/local/task_user.h"
#include "engines/task_folder.h"

namespace cloudbrain {

// What of this machine every sandbox is made from.
struct SandboxParts {
  fs::path bwrap;    // the program
  fs::path etc;      // HostFiles::etc(), asked before each start
  fs::path seccomp;  // HostFiles::seccomp(); empty: the kernel has no filters
  TaskUser user;
  // /bin, /lib, … : a link's target, or empty for a directory to be mounted.
  std::vector<std::pair<std::string, std::string>> root_entries;
  fs::path hidden;  // the data directory: never to be seen, wherever it lies
};

// Adds what a script may count on and nobody has said: PATH, HOME, LANG and their like. More
// threads than `cpus` cores would only wait for each other.
void add_default_variables(std::map<std::string, std::string>& environment, const std::string& home,
                           double cpus);
inline constexpr std::int64_t kDefaultSharedMemory = 64 << 20;  // as the container engines have it

// Looks at the machine; `etc` is left empty. Throws Error unavailable ("sandbox_missing") without
// bubblewrap.
SandboxParts find_sandbox_parts(fs::path seccomp, fs::path hidden);

// What a Launch becomes. `cgroups` and `devices` are what the engine took for it. What a device
// mounts is left out where the host's own tree, which the sandbox shows, has it at that path or has
// no place for it.
//
// Inside: /usr, /bin, /lib* and a small /etc of the host, read-only; own /proc, /dev, /dev/shm,
// /tmp, /home/task; then the launch's mounts in their order. Own PID, mount, IPC and UTS
// namespaces, and a network of nothing but loopback where the launch has none. Not root, no
// capabilities, no new privileges, the system call filter. Nothing else of the machine, of other
// tasks or of the server.
//
// For the root "host" alone: an unpacked image is for container.h.
RunnerOrders make_orders(const Launch& launch, const SandboxParts& parts,
                         std::vector<std::string> cgroups, const DeviceEdits& devices);

}  // namespace cloudbrain
