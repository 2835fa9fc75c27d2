// A day of a large cluster in virtual time: what a table of small cases can't show.
#include <queue>
#include <random>
#include <unordered_map>

#include <gtest/gtest.h>

#include "tasks/queue/queue_plan.h"

namespace cloudbrain {
namespace {

using namespace std::chrono_literals;

constexpr int kMachines = 1'000;
constexpr int kTasks = 100'000;
constexpr int kPeople = 200;
constexpr std::int64_t kGiB = std::int64_t{1} << 30U;

class Simulation {
 public:
  Simulation() {
    const Room room{32, 256 * kGiB, {{"V100", 8}}};
    machines_.assign(kMachines, {room, room});
    total_ = {32.0 * kMachines, 256 * kGiB * kMachines, {{"V100", 8 * kMachines}}};
    std::mt19937 random(1);
    for (int i = 1; i <= kTasks; ++i) waiting_.push_back(any_task(i, random));
  }

  // False: nobody runs and nobody could be started.
  bool step() {
    const auto order = queue_order(waiting_, holdings_, total_, now_);
    const QueuePlan plan = plan_queue(order, machines_, holdings_, now_);
    for (const PlannedStart& start : plan.starts) begin(start);
    keep_promise(plan);
    drop_started();
    return end_next();
  }

  std::size_t waiting() const { return waiting_.size(); }
  int begun() const { return static_cast<int>(begun_.size()); }

 private:
  static Waiting any_task(int id, std::mt19937& random) {
    const auto upto = [&](int most) {
      return std::uniform_int_distribution<int>(0, most - 1)(random);
    };
    constexpr int kSizes[] = {0, 1, 1, 1, 2, 4, 8};
    Waiting task{TaskId{id}, UserId{1 + upto(kPeople)}, 0, {}, {}, {}};
    const int accelerators = kSizes[upto(7)];
    task.demand = {static_cast<double>(std::max(1, 4 * accelerators)),
                   std::max(1, 16 * accelerators) * kGiB, accelerators > 0 ? "V100" : "",
                   accelerators};
    task.longest = std::chrono::hours(1 + upto(8));
    return task;
  }

  void begin(const PlannedStart& start) {
    const auto found = std::ranges::lower_bound(waiting_, start.task, {}, &Waiting::task);
    ASSERT_TRUE(begun_.emplace(start.task.value, now_).second) << "started twice";
    Room& free = machines_[start.machine].free;
    ASSERT_TRUE(free.fits(found->demand)) << "given what another has";
    free.take(found->demand);
    holdings_.push_back(
        {found->task, found->person, found->demand, now_ + found->longest, start.machine});
  }

  // Whoever is in front, and stays it, is not put off by those who go ahead.
  void keep_promise(const QueuePlan& plan) {
    if (plan.front && promised_ && plan.front->task == promised_->task) {
      EXPECT_LE(*plan.front->at, *promised_->at);
    }
    promised_ = plan.front;
  }

  void drop_started() {
    std::erase_if(waiting_, [&](const Waiting& one) { return begun_.contains(one.task.value); });
  }

  // Goes on to the next moment at which something ends.
  bool end_next() {
    const auto soonest = std::ranges::min_element(holdings_, {}, &Holding::ends_by);
    if (soonest == holdings_.end()) return false;
    now_ = soonest->ends_by;
    std::erase_if(holdings_, [&](const Holding& holding) {
      if (holding.ends_by > now_) return false;
      machines_[holding.machine].free.give_back(holding.demand);
      return true;
    });
    return true;
  }

  std::vector<MachineRoom> machines_;
  Room total_;
  std::vector<Waiting> waiting_;
  std::vector<Holding> holdings_;
  std::unordered_map<std::int64_t, TimePoint> begun_;
  std::optional<Reservation> promised_;
  TimePoint now_{};
};

TEST(QueueSimulation, EveryTaskOfALargeClusterRunsOnceAndNoneIsPutOff) {
  Simulation simulation;
  while (simulation.step()) {
  }
  EXPECT_EQ(simulation.waiting(), 0U);
  EXPECT_EQ(simulation.begun(), kTasks);
}

}  // namespace
}  // namespace cloudbrain
