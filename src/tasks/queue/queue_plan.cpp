#include "tasks/queue/queue_plan.h"

#include <algorithm>
#include <unordered_map>

namespace cloudbrain {

namespace {

struct DemandHash {
  std::size_t operator()(const Demand& demand) const {
    const auto mix = [](std::size_t seed, std::size_t value) { return seed * 1'000'003 ^ value; };
    std::size_t seed = std::hash<double>{}(demand.cpus);
    seed = mix(seed, std::hash<std::int64_t>{}(demand.memory_bytes));
    seed = mix(seed, std::hash<std::string>{}(demand.accelerator_type));
    return mix(seed, static_cast<std::size_t>(demand.accelerators));
  }
};

// Finds places for one pass. Within a pass room only shrinks: where a demand found none, an equal
// one need not look again, which is what makes a pass cheap.
class Pass {
 public:
  Pass(std::vector<MachineRoom> machines, std::span<const Holding> holdings, TimePoint now)
      : machines_(std::move(machines)), now_(now), held_(machines_.size()) {
    for (const Holding& holding : holdings) hold(holding);
  }

  QueuePlan run(std::span<const Waiting* const> order) {
    for (const Waiting* waiting : order) {
      if (const auto machine = place(*waiting)) {
        machines_[*machine].free.take(waiting->demand);
        hold({waiting->task, waiting->person, waiting->demand, now_ + waiting->longest, *machine});
        plan_.starts.push_back({waiting->task, *machine});
      } else if (!plan_.front && ever_fits(waiting->demand)) {
        reserve(*waiting);
      }
    }
    return std::move(plan_);
  }

 private:
  void hold(const Holding& holding) {
    if (holding.machine < held_.size()) held_[holding.machine].push_back(holding);
  }

  bool ever_fits(const Demand& demand) const {
    return std::ranges::any_of(
        machines_, [&](const MachineRoom& machine) { return machine.total.fits(demand); });
  }

  std::optional<std::size_t> place(const Waiting& waiting) {
    std::size_t& next = next_[waiting.demand];
    while (next < machines_.size() &&
           (is_kept(next) || !machines_[next].free.fits(waiting.demand))) {
      ++next;
    }
    if (next < machines_.size()) return next;
    if (plan_.front && plan_.front->machine && backfills(waiting, *plan_.front->machine)) {
      return plan_.front->machine;
    }
    return std::nullopt;
  }

  // For the one in front; others may be there only as far as backfills() says.
  bool is_kept(std::size_t machine) const {
    if (!plan_.front) return false;
    if (plan_.front->machine) return *plan_.front->machine == machine;
    return machines_[machine].total.fits(front_demand_);
  }

  // It ends before the one in front needs the room, or takes only what that one leaves.
  bool backfills(const Waiting& waiting, std::size_t machine) {
    if (!machines_[machine].free.fits(waiting.demand)) return false;
    if (now_ + waiting.longest <= *plan_.front->at) return true;
    if (!spare_.fits(waiting.demand)) return false;
    spare_.take(waiting.demand);
    return true;
  }

  void reserve(const Waiting& front) {
    front_demand_ = front.demand;
    Reservation best{front.task, std::nullopt, std::nullopt, {}};
    for (std::size_t machine = 0; machine < machines_.size(); ++machine) {
      if (machines_[machine].total.fits(front.demand)) look_at(machine, best);
    }
    plan_.front = std::move(best);
  }

  void look_at(std::size_t machine, Reservation& best) {
    Room room = machines_[machine].free;
    std::vector<Holding>& held = held_[machine];
    std::ranges::sort(held, {}, &Holding::ends_by);
    std::vector<TaskEnd> waits_for;
    for (const Holding& holding : held) {
      if (best.at && *best.at <= holding.ends_by) return;
      room.give_back(holding.demand);
      waits_for.push_back({holding.task, holding.ends_by});
      if (!room.fits(front_demand_)) continue;
      spare_ = room;
      spare_.take(front_demand_);
      best.machine = machine;
      best.at = holding.ends_by;
      best.waits_for = std::move(waits_for);
      return;
    }
  }

  std::vector<MachineRoom> machines_;
  const TimePoint now_;
  std::vector<std::vector<Holding>> held_;  // by machine
  std::unordered_map<Demand, std::size_t, DemandHash> next_;
  Demand front_demand_;
  Room spare_;  // on the kept machine, once the one in front has come
  QueuePlan plan_;
};

}  // namespace

QueuePlan plan_queue(std::span<const Waiting* const> order, std::vector<MachineRoom> machines,
                     std::span<const Holding> holdings, TimePoint now) {
  return Pass(std::move(machines), holdings, now).run(order);
}

std::optional<TimePoint> latest_start(std::span<const Waiting* const> order,
                                      std::vector<MachineRoom> machines,
                                      std::vector<Holding> holdings, TimePoint now) {
  std::vector<const Waiting*> left(order.begin(), order.end());
  while (!left.empty()) {
    const TaskId last = left.back()->task;
    for (const PlannedStart& start : plan_queue(left, machines, holdings, now).starts) {
      if (start.task == last) return now;
      const auto found = std::ranges::find(left, start.task, &Waiting::task);
      const Waiting& begun = **found;
      machines[start.machine].free.take(begun.demand);
      holdings.push_back(
          {begun.task, begun.person, begun.demand, now + begun.longest, start.machine});
      left.erase(found);
    }
    const auto soonest = std::ranges::min_element(holdings, {}, &Holding::ends_by);
    if (soonest == holdings.end()) return std::nullopt;
    now = std::max(now, soonest->ends_by);
    machines[soonest->machine].free.give_back(soonest->demand);
    holdings.erase(soonest);
  }
  return std::nullopt;
}

}  // namespace cloudbrain
