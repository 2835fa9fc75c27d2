// From a Launch to a container of an unpacked image: the config.json of an OCI runtime (runtime
// specification 1.0) and the runner's orders. Why crun, and how, is in
// docs/decisions/015-images.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "domain/launch.h"
#include "engines/local/device_edits.h"
#include "engines/local/task_user.h"
#include "engines/task_folder.h"

namespace cloudbrain {

// What of this machine every container is made from.
struct ContainerParts {
  fs::path runtime;  // crun
  fs::path etc;      // HostFiles::etc()
  fs::path seccomp;  // HostFiles::seccomp(); empty: the kernel has no filters
  fs::path place;    // RootOrders::place
  TaskUser user;
};

// Why no container can run here; empty where one can.
std::optional<Text> why_no_containers();

// Looks at the machine and makes the place; `etc` and `seccomp` are left empty. Throws Error
// unavailable ("containers_missing") with what why_no_containers() says.
ContainerParts find_container_parts();

// The number on this machine of a user or group of an image whose script is `script` inside: that
// one is the task user's (`task`), and everyone else, root above all, nobody's here.
unsigned outer_id(unsigned id, unsigned script, unsigned task);
inline constexpr unsigned kHighestInnerId = 65'535;

// config.json: the image's tree with the launch's mounts; own user, PID, mount, IPC and UTS
// namespaces; no capabilities, not even to the image's root; no new privileges. The first process
// is the runner's --init, which puts the system call filter in force.
std::string container_config(const Launch& launch, const ContainerParts& parts,
                             const DeviceEdits& edits);

// Makes what the container needs below the attempt's directory, and gives the orders. The launch's
// `root` is the tree of an unpacked image. Throws on a full disk.
RunnerOrders make_container(const Launch& launch, const ContainerParts& parts,
                            std::vector<std::string> cgroups, const DeviceEdits& edits,
                            const fs::path& attempt);
// Removes it again, once nothing of the attempt runs.
void remove_container(const RunnerOrders& orders);

}  // namespace cloudbrain
