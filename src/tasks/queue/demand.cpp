#include "tasks/queue/demand.h"

#include <algorithm>

namespace cloudbrain {

namespace {

// Shares of 0.1 core do not add up exactly.
constexpr double kHair = 1e-6;

double part(double wanted, double there) {
  if (wanted <= 0) return 0;
  return there <= 0 ? 1 : wanted / there;
}

}  // namespace

Demand demand_of(const Spec& spec) {
  return {static_cast<double>(spec.cpus), spec.memory_bytes, spec.accelerator_type,
          spec.accelerators};
}

int Room::count(const std::string& type) const {
  const auto found = std::ranges::find(accelerators, type, &Accelerators::type);
  return found == accelerators.end() ? 0 : found->count;
}

bool Room::fits(const Demand& demand) const {
  return demand.cpus <= cpus + kHair && demand.memory_bytes <= memory_bytes &&
         (demand.accelerators == 0 || demand.accelerators <= count(demand.accelerator_type));
}

void Room::add(const Demand& demand, int sign) {
  cpus += sign * demand.cpus;
  memory_bytes += sign * demand.memory_bytes;
  if (demand.accelerators == 0) return;
  const auto found = std::ranges::find(accelerators, demand.accelerator_type, &Accelerators::type);
  if (found != accelerators.end()) found->count += sign * demand.accelerators;
}

MachineRoom machine_room(const Offer& offer) {
  MachineRoom room;
  room.total = {static_cast<double>(offer.cpus_total), offer.memory_total, {}};
  room.free = {static_cast<double>(offer.cpus_free), offer.memory_free, {}};
  for (const AcceleratorOffer& one : offer.accelerators) {
    room.total.accelerators.push_back({one.type, one.total - one.unhealthy});
    room.free.accelerators.push_back({one.type, one.free});
  }
  return room;
}

double dominant_share(const Demand& demand, const Room& total) {
  return std::max(
      {part(demand.cpus, total.cpus),
       part(static_cast<double>(demand.memory_bytes), static_cast<double>(total.memory_bytes)),
       part(demand.accelerators, total.count(demand.accelerator_type))});
}

}  // namespace cloudbrain
