#include "tasks/queue.h"

#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

TimePoint at(int second) { return TimePoint{std::chrono::seconds{second}}; }

TEST(WaitingLine, ServesWhoWasReadyFirst) {
  WaitingLine line;
  line.add(TaskId{2}, at(20));
  line.add(TaskId{1}, at(30));
  line.add(TaskId{3}, at(10));
  EXPECT_EQ(line.front(), TaskId{3});
  EXPECT_EQ(line.ahead_of(TaskId{1}), 2);
  line.remove(TaskId{3});
  EXPECT_EQ(line.front(), TaskId{2});
}

TEST(WaitingLine, BreaksATieByTheOlderTask) {
  WaitingLine line;
  line.add(TaskId{9}, at(10));
  line.add(TaskId{4}, at(10));
  EXPECT_EQ(line.front(), TaskId{4});
}

TEST(WaitingLine, KeepsThePlaceOfATaskThatIsAddedTwice) {
  WaitingLine line;
  line.add(TaskId{1}, at(10));
  line.add(TaskId{2}, at(20));
  line.add(TaskId{1}, at(99));
  EXPECT_EQ(line.size(), 2U);
  EXPECT_EQ(line.ahead_of(TaskId{1}), 0);
}

TEST(WaitingLine, KnowsWhoDoesNotWait) {
  WaitingLine line;
  EXPECT_FALSE(line.front().has_value());
  EXPECT_FALSE(line.ahead_of(TaskId{1}).has_value());
  line.remove(TaskId{1});
}

}  // namespace
}  // namespace cloudbrain
