#include "tasks/queue/queue_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const TimePoint kNow{std::chrono::hours(24 * 365)};

MachineRoom machine(double cpus, int accelerators = 0) {
  const Room room{cpus, std::int64_t{64} << 30U, {{"V100", accelerators}}};
  return {room, room};
}

// Those who wait are served in the order in which they are named.
class QueuePlanTest : public testing::Test {
 protected:
  void wait(std::int64_t task, Demand demand, std::chrono::seconds longest = 1h) {
    waiting_.push_back({TaskId{task}, UserId{1}, 0, std::move(demand), longest, kNow});
  }
  void run(std::int64_t task, const Demand& demand, std::chrono::seconds left,
           std::size_t where = 0) {
    machines_[where].free.take(demand);
    holdings_.push_back({TaskId{task}, UserId{1}, demand, kNow + left, where});
  }
  QueuePlan plan() const { return plan_queue(order(), machines_, holdings_, kNow); }
  std::vector<std::int64_t> starts() const {
    std::vector<std::int64_t> ids;
    for (const PlannedStart& start : plan().starts) ids.push_back(start.task.value);
    return ids;
  }
  std::optional<std::chrono::seconds> latest() const {
    const auto at = latest_start(order(), machines_, holdings_, kNow);
    if (!at) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(*at - kNow);
  }

  std::vector<MachineRoom> machines_{machine(4)};

 private:
  std::vector<const Waiting*> order() const {
    std::vector<const Waiting*> order;
    for (const Waiting& one : waiting_) order.push_back(&one);
    return order;
  }
  std::vector<Waiting> waiting_;
  std::vector<Holding> holdings_;
};

TEST_F(QueuePlanTest, StartsWhatFitsInOrder) {
  wait(1, {2, 0, "", 0});
  wait(2, {2, 0, "", 0});
  wait(3, {1, 0, "", 0});
  EXPECT_THAT(starts(), ElementsAre(1, 2));
  EXPECT_EQ(plan().front->task, TaskId{3});
}

TEST_F(QueuePlanTest, AShortTaskGoesAheadWhereItEndsBeforeTheFrontOneNeedsTheRoom) {
  run(10, {3, 0, "", 0}, 1h);
  wait(1, {4, 0, "", 0});
  wait(2, {1, 0, "", 0}, 61min);  // would still run in an hour
  wait(3, {1, 0, "", 0}, 60min);
  EXPECT_THAT(starts(), ElementsAre(3));
  EXPECT_EQ(plan().front->at, kNow + 1h);
  ASSERT_EQ(plan().front->waits_for.size(), 1U);
  EXPECT_EQ(plan().front->waits_for.front().task, TaskId{10});
}

TEST_F(QueuePlanTest, ALongTaskGoesAheadWhereItLeavesWhatTheFrontOneNeeds) {
  run(10, {2, 0, "", 0}, 1h);
  wait(1, {3, 0, "", 0});
  wait(2, {1, 0, "", 0}, 100h);  // one core of four is left beside the front one
  wait(3, {1, 0, "", 0}, 100h);  // the second is not
  EXPECT_THAT(starts(), ElementsAre(2));
}

TEST_F(QueuePlanTest, AnotherResourceIsNotKeptFromThoseBehind) {
  machines_ = {machine(8, 1)};
  run(10, {1, 0, "V100", 1}, 1h);
  wait(1, {1, 0, "V100", 1}, 100h);
  wait(2, {6, 0, "", 0}, 100h);
  EXPECT_THAT(starts(), ElementsAre(2));
}

TEST_F(QueuePlanTest, AnotherMachineIsNotKeptFromThoseBehind) {
  machines_ = {machine(4), machine(2)};
  run(10, {4, 0, "", 0}, 1h, 0);
  wait(1, {4, 0, "", 0});
  wait(2, {2, 0, "", 0}, 100h);
  const QueuePlan planned = plan();
  ASSERT_THAT(starts(), ElementsAre(2));
  EXPECT_EQ(planned.starts.front().machine, 1U);
  EXPECT_EQ(planned.front->machine, 0U);
}

TEST_F(QueuePlanTest, TheFrontOneIsPromisedTheMachineThatIsFreeSoonest) {
  machines_ = {machine(4), machine(4)};
  run(10, {4, 0, "", 0}, 2h, 0);
  run(11, {4, 0, "", 0}, 1h, 1);
  wait(1, {4, 0, "", 0});
  EXPECT_EQ(plan().front->machine, 1U);
  EXPECT_EQ(plan().front->at, kNow + 1h);
}

TEST_F(QueuePlanTest, OneThatNeverFitsHoldsNobodyUp) {
  wait(1, {5, 0, "", 0});
  wait(2, {4, 0, "", 0}, 100h);
  EXPECT_THAT(starts(), ElementsAre(2));
}

TEST_F(QueuePlanTest, WhatIsBrokenIsNotThereAndHoldsNobodyUp) {
  Offer offer;
  offer.cpus_total = offer.cpus_free = 4;
  offer.accelerators = {{"gpu", "V100", 2, 1, 1, 0}};
  machines_ = {machine_room(offer)};
  wait(1, {1, 0, "V100", 2});
  wait(2, {4, 0, "V100", 1}, 100h);
  EXPECT_THAT(starts(), ElementsAre(2));
}

TEST_F(QueuePlanTest, WhereNothingIsKnownToMakeRoomNothingGoesAhead) {
  machines_[0].free.cpus = 1;  // taken by what nobody told of
  wait(1, {2, 0, "", 0});
  wait(2, {1, 0, "", 0}, 1s);
  EXPECT_THAT(starts(), IsEmpty());
  EXPECT_EQ(plan().front->at, std::nullopt);
  EXPECT_EQ(latest(), std::nullopt);
}

TEST_F(QueuePlanTest, TheLatestStartCountsAllThatGoBefore) {
  run(10, {4, 0, "", 0}, 1h);
  wait(1, {4, 0, "", 0}, 2h);
  wait(2, {2, 0, "", 0}, 5h);
  wait(3, {4, 0, "", 0}, 1h);
  EXPECT_EQ(latest(), 8h);
}

}  // namespace
}  // namespace cloudbrain
