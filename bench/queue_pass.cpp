// How long one pass of the queue takes: 100,000 tasks that wait, 1,000 machines of 8 accelerators,
// most of them taken.
//
//   build/release/bench_queue_pass [passes]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tasks/queue/queue_plan.h"

namespace {

using namespace cloudbrain;
using SteadyClock = std::chrono::steady_clock;

constexpr int kMachines = 1'000;
constexpr int kTasks = 100'000;
constexpr int kPeople = 200;
constexpr std::int64_t kGiB = std::int64_t{1} << 30U;

struct Queue {
  std::vector<MachineRoom> machines;
  std::vector<Waiting> waiting;
  std::vector<Holding> holdings;
  Room total{32.0 * kMachines, 256 * kGiB* kMachines, {{"V100", 8 * kMachines}}};
};

Queue make_queue() {
  Queue queue;
  const Room room{32, 256 * kGiB, {{"V100", 8}}};
  queue.machines.assign(kMachines, {room, room});
  std::mt19937 random(1);
  const auto upto = [&](int most) {
    return std::uniform_int_distribution<int>(0, most - 1)(random);
  };
  for (int id = 1; id <= kTasks; ++id) {
    const int accelerators = 1 + upto(8);
    const Demand demand{4.0 * accelerators, 16 * accelerators * kGiB, "V100", accelerators};
    queue.waiting.push_back(
        {TaskId{id}, UserId{1 + upto(kPeople)}, 0, demand, std::chrono::hours(1 + upto(24)), {}});
  }
  return queue;
}

// One pass, and what it starts put onto the machines.
double pass(Queue& queue) {
  const auto begin = SteadyClock::now();
  const auto order = queue_order(queue.waiting, queue.holdings, queue.total, {});
  const QueuePlan plan = plan_queue(order, queue.machines, queue.holdings, {});
  const std::chrono::duration<double, std::milli> took = SteadyClock::now() - begin;
  for (const PlannedStart& start : plan.starts) {
    const auto found = std::ranges::find(queue.waiting, start.task, &Waiting::task);
    queue.machines[start.machine].free.take(found->demand);
    queue.holdings.push_back(
        {found->task, found->person, found->demand, TimePoint{} + found->longest, start.machine});
    queue.waiting.erase(found);
  }
  return took.count();
}

}  // namespace

int main(int argc, char** argv) {
  const int passes = argc > 1 ? std::atoi(argv[1]) : 20;
  Queue queue = make_queue();
  std::printf("first pass, onto empty machines: %.1f ms\n", pass(queue));
  std::vector<double> times;
  for (int i = 0; i < passes; ++i) times.push_back(pass(queue));
  std::ranges::sort(times);
  std::printf("later ones, onto full machines: median %.1f ms, longest %.1f ms\n",
              times[times.size() / 2], times.back());
}
