#include "engines/fake_engine.h"

#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

Launch launch(std::int64_t task, int attempt = 1) {
  Launch launch;
  launch.task = TaskId{task};
  launch.attempt = attempt;
  launch.limits.cpus = 2;
  return launch;
}

Report look(FakeEngine& engine, const Handle& handle) {
  return engine.look(std::span(&handle, 1)).front();
}

class Fake : public ::testing::Test {
 protected:
  FakeClock clock_;
  FakeEngine engine_{clock_, Offer{.cpus_total = 4, .memory_total = 1000}};
};

TEST_F(Fake, RunsUntilTheTestSaysHowItEnds) {
  std::vector<TaskId> told;
  engine_.on_change([&](TaskId task) { told.push_back(task); });
  const Handle handle = *engine_.start(launch(1), "");
  EXPECT_EQ(look(engine_, handle).phase, Phase::running);
  engine_.end(TaskId{1}, {.exit_code = 3});
  EXPECT_EQ(look(engine_, handle).end->exit_code, 3);
  EXPECT_EQ(told, std::vector{TaskId{1}});
}

TEST_F(Fake, HasNoRoomBeyondItsCapacity) {
  EXPECT_TRUE(engine_.start(launch(1), ""));
  EXPECT_TRUE(engine_.start(launch(2), ""));
  EXPECT_FALSE(engine_.start(launch(3), ""));
  EXPECT_EQ(engine_.offer().cpus_free, 0);
  engine_.end(TaskId{1}, {});
  EXPECT_TRUE(engine_.start(launch(3), ""));
  Launch huge = launch(4);
  huge.limits.cpus = 5;
  EXPECT_TRUE(engine_.why_impossible(huge));
}

TEST_F(Fake, StartsAnAttemptOnce) {
  EXPECT_EQ(engine_.start(launch(1), "")->text, engine_.start(launch(1), "")->text);
  EXPECT_EQ(engine_.starts(TaskId{1}), 1);
  EXPECT_EQ(engine_.running(), 1);
}

TEST_F(Fake, StopsOrIgnoresAStop) {
  const Handle handle = *engine_.start(launch(1), "");
  engine_.set_obeys_stop(false);
  engine_.stop(handle, std::chrono::seconds(1));
  EXPECT_TRUE(engine_.was_stopped(TaskId{1}));
  EXPECT_EQ(look(engine_, handle).phase, Phase::running);
  engine_.set_obeys_stop(true);
  engine_.stop(handle, std::chrono::seconds(1));
  EXPECT_EQ(look(engine_, handle).end->cause, EndCause::stopped);
}

TEST_F(Fake, DoesNotAnswerWhenItIsTakenAway) {
  engine_.set_available(false);
  try {
    (void)engine_.offer();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  }
}

TEST_F(Fake, WhatItNeverHadIsLost) {
  EXPECT_EQ(look(engine_, {TaskId{9}, 1, ""}).phase, Phase::lost);
  engine_.start(launch(1), "");
  engine_.lose(TaskId{1});
  EXPECT_EQ(look(engine_, {TaskId{1}, 1, ""}).phase, Phase::lost);
}

}  // namespace
}  // namespace cloudbrain
