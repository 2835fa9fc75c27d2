#include "tasks/queue/queue_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const TimePoint kNow{std::chrono::hours(24 * 365)};
const Room kTotal{8, std::int64_t{32} << 30U, {{"V100", 4}}};
constexpr UserId kAda{1};
constexpr UserId kBo{2};

class QueueOrderTest : public testing::Test {
 protected:
  void wait(std::int64_t task, UserId person, Demand demand = {1, 0, "", 0}, int priority = 0,
            std::chrono::minutes ago = 0min) {
    waiting_.push_back({TaskId{task}, person, priority, std::move(demand), 1h, kNow - ago});
  }
  void hold(UserId person, Demand demand) {
    holdings_.push_back({TaskId{100}, person, std::move(demand), kNow + 1h, 0});
  }
  std::vector<std::int64_t> order() const {
    std::vector<std::int64_t> ids;
    for (const Waiting* one : queue_order(waiting_, holdings_, kTotal, kNow)) {
      ids.push_back(one->task.value);
    }
    return ids;
  }

  std::vector<Waiting> waiting_;
  std::vector<Holding> holdings_;
};

TEST_F(QueueOrderTest, OnePersonsTasksGoAsTheyWereSubmitted) {
  wait(1, kAda, {1, 0, "", 0}, 0, 3min);
  wait(2, kAda, {8, 0, "", 0}, 0, 2min);
  wait(3, kAda, {1, 0, "", 0}, 0, 1min);
  EXPECT_THAT(order(), ElementsAre(1, 2, 3));
}

TEST_F(QueueOrderTest, TheFirstTasksOfPeopleWhoHoldNothingGoAsTheyWereSubmitted) {
  wait(1, kAda, {8, 0, "", 0}, 0, 2min);
  wait(2, kBo, {1, 0, "", 0}, 0, 1min);
  EXPECT_THAT(order(), ElementsAre(1, 2));
}

TEST_F(QueueOrderTest, ManyTasksOfOneDoNotHoldUpTheFirstOfAnother) {
  for (int task = 1; task <= 5; ++task) wait(task, kAda);
  wait(6, kBo);
  EXPECT_THAT(order(), ElementsAre(1, 6, 2, 3, 4, 5));
}

TEST_F(QueueOrderTest, WhoHoldsLessGoesFirst) {
  hold(kAda, {1, 0, "V100", 2});
  wait(1, kAda);
  wait(2, kBo);
  EXPECT_THAT(order(), ElementsAre(2, 1));
}

TEST_F(QueueOrderTest, TheShareIsThatOfTheScarcestResource) {
  hold(kAda, {4, 0, "", 0});     // half of the cores
  hold(kBo, {1, 0, "V100", 3});  // three quarters of the accelerators
  wait(1, kBo);
  wait(2, kAda);
  EXPECT_THAT(order(), ElementsAre(2, 1));
}

TEST_F(QueueOrderTest, AHigherPriorityGoesBeforeAllShares) {
  hold(kBo, {8, 0, "", 0});
  wait(1, kAda);
  wait(2, kBo, {1, 0, "", 0}, 1);
  wait(3, kAda, {1, 0, "", 0}, -1);
  EXPECT_THAT(order(), ElementsAre(2, 1, 3));
}

TEST_F(QueueOrderTest, NobodyIsOvertakenForEver) {
  hold(kAda, {8, 0, "", 0});  // everything
  wait(1, kAda, {1, 0, "", 0}, 0, 25h);
  wait(2, kBo);
  EXPECT_THAT(order(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace cloudbrain
