#include "tasks/queue/standing.h"

#include <algorithm>

namespace cloudbrain {

namespace {

// What follows is for a person who looks: beyond so many it would cost more than it tells.
constexpr std::size_t kMostForecast = 500;   // ahead, of whom each is thought through
constexpr std::size_t kMostCompared = 5000;  // waiting, with whom another spec is tried

std::vector<Shortage> shortage(const Demand& demand, const Room& free) {
  std::vector<Shortage> found;
  const auto need = [&](std::string resource, double wanted, double there) {
    if (wanted > there) found.push_back({std::move(resource), wanted, std::max(0.0, there)});
  };
  need("cpu", demand.cpus, free.cpus);
  need("memory", static_cast<double>(demand.memory_bytes), static_cast<double>(free.memory_bytes));
  if (demand.accelerators > 0) {
    need(demand.accelerator_type, demand.accelerators, free.count(demand.accelerator_type));
  }
  return found;
}

// Of the machine that comes nearest.
std::vector<Shortage> least_shortage(const Demand& demand,
                                     const std::vector<MachineRoom>& machines) {
  std::optional<std::vector<Shortage>> least;
  for (const MachineRoom& machine : machines) {
    std::vector<Shortage> here = shortage(demand, machine.free);
    if (!least || here.size() < least->size()) least = std::move(here);
  }
  return least.value_or(std::vector<Shortage>{});
}

Waiting& entry_of(QueueView& view, const Waiting& task) {
  const auto place = std::ranges::lower_bound(view.waiting, task.task, {}, &Waiting::task);
  if (place != view.waiting.end() && place->task == task.task) return *place;
  return *view.waiting.insert(place, task);
}

bool starts_now(const QueueView& view, TaskId task) {
  const auto order = queue_order(view.waiting, view.holdings, view.total(), view.now);
  const QueuePlan plan = plan_queue(order, view.machines, view.holdings, view.now);
  return std::ranges::find(plan.starts, task, &PlannedStart::task) != plan.starts.end();
}

}  // namespace

Room QueueView::total() const {
  Room total;
  for (const MachineRoom& machine : machines) {
    total.cpus += machine.total.cpus;
    total.memory_bytes += machine.total.memory_bytes;
    for (const Room::Accelerators& one : machine.total.accelerators) {
      const auto known = std::ranges::find(total.accelerators, one.type, &Room::Accelerators::type);
      if (known == total.accelerators.end()) {
        total.accelerators.push_back(one);
      } else {
        known->count += one.count;
      }
    }
  }
  return total;
}

Standing standing_of(QueueView view, const Waiting& task,
                     const std::vector<std::pair<std::string, Demand>>& others) {
  entry_of(view, task);
  const auto order = queue_order(view.waiting, view.holdings, view.total(), view.now);
  const auto place = std::ranges::find(order, task.task, &Waiting::task);
  Standing standing;
  standing.ahead = static_cast<int>(place - order.begin());
  standing.short_of = least_shortage(task.demand, view.machines);

  // As if it were the first one: whose end makes room for it, whoever goes before.
  const Waiting* const alone = *place;
  const QueuePlan plan = plan_queue({&alone, 1}, view.machines, view.holdings, view.now);
  if (plan.front) standing.waits_for = plan.front->waits_for;
  const std::span<const Waiting* const> until(order.begin(), place + 1);
  if (until.size() <= kMostForecast) {
    standing.start_by = latest_start(until, view.machines, view.holdings, view.now);
  }
  if (view.waiting.size() > kMostCompared) return standing;
  for (const auto& [name, demand] : others) {
    entry_of(view, task).demand = demand;
    if (starts_now(view, task.task)) standing.startable.push_back(name);
  }
  return standing;
}

}  // namespace cloudbrain
