#include "tasks/queue.h"

#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

TEST(WaitingLine, ServesWhoWasSubmittedFirst) {
  WaitingLine line;
  line.add(TaskId{2});
  line.add(TaskId{3});
  line.add(TaskId{1});
  EXPECT_EQ(line.front(), TaskId{1});
  EXPECT_EQ(line.ahead_of(TaskId{3}), 2);
  line.remove(TaskId{1});
  EXPECT_EQ(line.front(), TaskId{2});
}

TEST(WaitingLine, CountsATaskThatIsAddedTwiceOnce) {
  WaitingLine line;
  line.add(TaskId{1});
  line.add(TaskId{2});
  line.add(TaskId{1});
  EXPECT_EQ(line.size(), 2U);
  EXPECT_EQ(line.ahead_of(TaskId{1}), 0);
}

TEST(WaitingLine, KnowsThePlaceOfATaskThatIsAboutToTakeIt) {
  WaitingLine line;
  EXPECT_FALSE(line.front().has_value());
  line.remove(TaskId{2});
  line.add(TaskId{1});
  line.add(TaskId{3});
  EXPECT_EQ(line.ahead_of(TaskId{2}), 1);
}

}  // namespace
}  // namespace cloudbrain
