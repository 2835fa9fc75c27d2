#include "tasks/queue/queue_order.h"

#include <algorithm>
#include <unordered_map>

namespace cloudbrain {

namespace {

struct Ranked {
  int priority = 0;
  double weight = 0;  // less goes first
  const Waiting* waiting = nullptr;

  bool operator<(const Ranked& other) const {
    if (priority != other.priority) return priority > other.priority;
    if (weight != other.weight) return weight < other.weight;
    return waiting->task < other.waiting->task;
  }
};

double patience(TimePoint since, TimePoint now) {
  using Shares = std::chrono::duration<double, decltype(kShareOfPatience)::period>;
  return Shares(now - since).count() / kShareOfPatience.count();
}

}  // namespace

std::vector<const Waiting*> queue_order(std::span<const Waiting> waiting,
                                        std::span<const Holding> holdings, const Room& total,
                                        TimePoint now) {
  std::unordered_map<std::int64_t, double> held;  // by person
  for (const Holding& holding : holdings) {
    held[holding.person.value] += dominant_share(holding.demand, total);
  }
  std::vector<Ranked> ranked;
  ranked.reserve(waiting.size());
  for (const Waiting& one : waiting) {
    double& share = held[one.person.value];
    ranked.push_back({one.priority, share - patience(one.since, now), &one});
    share += dominant_share(one.demand, total);
  }
  std::ranges::sort(ranked, std::less{});
  std::vector<const Waiting*> order;
  order.reserve(ranked.size());
  for (const Ranked& one : ranked) order.push_back(one.waiting);
  return order;
}

}  // namespace cloudbrain
