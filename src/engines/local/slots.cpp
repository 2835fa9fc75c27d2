#include "engines/local/slots.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "domain/spec.h"
#include "engines/local/devices/accelerators.h"

namespace cloudbrain {

Slots::Slots(Machine machine) : machine_(std::move(machine)) {}

Offer Slots::offer() const {
  Offer offer;
  offer.cpus_total = machine_.cpus;
  offer.cpus_free = std::max(0, static_cast<int>(std::floor(machine_.cpus - cpus_taken_)));
  offer.memory_total = machine_.memory_bytes;
  offer.memory_free = std::max<std::int64_t>(0, machine_.memory_bytes - memory_taken_);
  for (const AcceleratorGroup& group : machine_.accelerators) {
    AcceleratorOffer kind{group.compute, group.type};
    kind.total = static_cast<int>(group.devices.size());
    for (const AcceleratorDevice& device : group.devices) {
      const auto taken = devices_taken_.find(device.name);
      AcceleratorState state{device.name,         group.compute,  group.type,  device.index,
                             device.memory_bytes, device.problem, std::nullopt};
      if (taken != devices_taken_.end()) state.task = taken->second;
      if (!device.problem.empty()) ++kind.unhealthy;
      if (device.problem.empty() && !state.task) ++kind.free;
      kind.memory_bytes = std::max(kind.memory_bytes, device.memory_bytes);
      offer.devices.push_back(std::move(state));
    }
    offer.accelerators.push_back(std::move(kind));
  }
  return offer;
}

const AcceleratorGroup* Slots::group(const Launch& launch) const {
  const auto found =
      std::ranges::find(machine_.accelerators, launch.accelerator_type, &AcceleratorGroup::type);
  return found != machine_.accelerators.end() ? &*found : nullptr;
}

std::optional<Text> Slots::why_impossible(const Launch& launch) const {
  if (launch.limits.cpus > machine_.cpus) {
    return Text{
        fmt::format("It asks for {} CPU cores; this machine has {}.", launch.limits.cpus,
                    machine_.cpus),
        fmt::format("需要 {} 个 CPU 核，本机共有 {} 个。", launch.limits.cpus, machine_.cpus)};
  }
  if (launch.limits.memory_bytes > machine_.memory_bytes) {
    const std::string asked = amount_text(launch.limits.memory_bytes);
    const std::string there = amount_text(machine_.memory_bytes);
    return Text{fmt::format("It asks for {} of memory; this machine has {}.", asked, there),
                fmt::format("需要 {} 内存，本机共有 {}。", asked, there)};
  }
  if (launch.accelerators == 0) return std::nullopt;
  const AcceleratorGroup* const kind = group(launch);
  const int there = kind != nullptr ? static_cast<int>(kind->devices.size()) : 0;
  if (launch.accelerators <= there) return std::nullopt;
  return Text{fmt::format("It asks for {} × {}; this machine has {}.", launch.accelerators,
                          launch.accelerator_type, there),
              fmt::format("需要 {} × {}，本机共有 {}。", launch.accelerators,
                          launch.accelerator_type, there)};
}

std::optional<Share> Slots::take(const Launch& launch) {
  Share share{
      launch.limits.cpus, launch.limits.memory_bytes, launch.accelerator_type, {}, launch.task};
  // A hair of tolerance: shares of 0.1 core do not add up exactly.
  if (cpus_taken_ + share.cpus > machine_.cpus + 1e-6) return std::nullopt;
  if (memory_taken_ + share.memory_bytes > machine_.memory_bytes) return std::nullopt;
  if (launch.accelerators > 0) {
    const AcceleratorGroup* const kind = group(launch);
    if (kind == nullptr) return std::nullopt;
    for (const AcceleratorDevice& device : kind->devices) {
      if (static_cast<int>(share.devices.size()) == launch.accelerators) break;
      if (device.problem.empty() && !devices_taken_.contains(device.name))
        share.devices.push_back(device.name);
    }
    if (static_cast<int>(share.devices.size()) < launch.accelerators) return std::nullopt;
  }
  adopt(share);
  return share;
}

void Slots::adopt(const Share& share) {
  cpus_taken_ += share.cpus;
  memory_taken_ += share.memory_bytes;
  for (const std::string& name : share.devices) devices_taken_[name] = share.task;
}

void Slots::give_back(const Share& share) {
  cpus_taken_ = std::max(0.0, cpus_taken_ - share.cpus);
  memory_taken_ -= share.memory_bytes;
  for (const std::string& name : share.devices) {
    const auto taken = devices_taken_.find(name);
    if (taken != devices_taken_.end() && taken->second == share.task) devices_taken_.erase(taken);
  }
}

DeviceEdits Slots::edits(const Share& share) const {
  for (const AcceleratorGroup& group : machine_.accelerators) {
    if (group.type == share.accelerator_type) return edits_for(group, share.devices);
  }
  return {};
}

void Slots::update(std::vector<AcceleratorGroup> accelerators) {
  machine_.accelerators = std::move(accelerators);
}

}  // namespace cloudbrain
