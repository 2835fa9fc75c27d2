#include "engines/local/devices/machine_watch.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/log.h"
#include "engines/local/devices/small_files.h"

namespace cloudbrain {

namespace {

constexpr std::chrono::seconds kLook{2};
constexpr int kLooksPerHealth = 15;

// What counts of a machine's accelerators, as one text.
std::string fingerprint(const Machine& machine) {
  std::string text;
  for (const AcceleratorGroup& group : machine.accelerators) {
    text += fmt::format("{}/{}\n", group.compute, group.type);
    for (const AcceleratorDevice& device : group.devices) {
      text += fmt::format("{} {} {}\n", device.name, device.memory_bytes, device.problem.en);
      for (const DeviceNode& node : device.edits.nodes) text += node.source + "\n";
    }
  }
  for (const Text& problem : machine.problems) text += problem.en + "\n";
  return text;
}

}  // namespace

MachineWatch::MachineWatch(MachineSources sources, std::function<void(Machine)> changed)
    : sources_(std::move(sources)),
      changed_(std::move(changed)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void MachineWatch::run(const std::stop_token& stop) {
  Machine machine = detect_machine(sources_);
  std::string seen = signature(machine);
  std::string known = fingerprint(machine);
  for (const Text& problem : machine.problems) log::warning("accelerators: {}", problem.en);
  changed_(machine);  // since whoever made us looked itself
  for (int look = 1; !stop.stop_requested(); ++look) {
    std::unique_lock lock(mutex_);
    (void)wake_.wait_for(lock, stop, kLook, [] { return false; });
    lock.unlock();
    if (stop.stop_requested()) return;
    if (signature(machine) == seen && look % kLooksPerHealth != 0) continue;
    machine = detect_machine(sources_);
    seen = signature(machine);
    std::string news = fingerprint(machine);
    if (news == known) continue;
    known = std::move(news);
    log::info("the accelerators of this machine have changed");
    for (const Text& problem : machine.problems) log::warning("accelerators: {}", problem.en);
    changed_(machine);
  }
}

std::string MachineWatch::signature(const Machine& machine) const {
  std::string text;
  const auto add = [&](const fs::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return;
    text += fmt::format("{} {} {} {}.{}\n", path.native(), status.st_ino, status.st_size,
                        status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  };
  for (const fs::path& directory : sources_.cdi) {
    const fs::path place = sources_.root / directory.relative_path();
    for (const fs::path& file : sorted_entries(place)) add(file);
  }
  for (const AcceleratorGroup& group : machine.accelerators) {
    for (const AcceleratorDevice& device : group.devices) {
      for (const DeviceNode& node : device.edits.nodes) {
        const fs::path path = sources_.root / fs::path(node.source).relative_path();
        text += fs::exists(path) ? "" : path.native() + " is gone\n";
      }
    }
  }
  for (const char* prefix : {"nvidia", "davinci"}) {
    for (const auto& [index, node] : numbered_nodes(sources_.root, prefix)) text += node + "\n";
  }
  return text;
}

}  // namespace cloudbrain
