#include "engines/local/machine.h"

#include <algorithm>

#include <sched.h>
#include <unistd.h>

#include "engines/local/devices/accelerators.h"
#include "engines/local/devices/small_files.h"

namespace cloudbrain {

namespace {

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

Machine detect_machine(const MachineSources& sources) {
  const fs::path& root = sources.root;
  Machine machine;
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) machine.cpus = CPU_COUNT(&set);
  machine.memory_bytes =
      number(field(small_file(root / "proc/meminfo"), "MemTotal")).value_or(0) * 1024;
  const std::int64_t limit = cgroup_memory_limit(root);
  if (limit > 0) machine.memory_bytes = std::min(machine.memory_bytes, limit);
  Accelerators accelerators = find_accelerators(sources);
  machine.accelerators = std::move(accelerators.groups);
  machine.problems = std::move(accelerators.problems);
  return machine;
}

}  // namespace cloudbrain
