#include "tasks/log/task_log.h"

#include <condition_variable>

#include <fcntl.h>
#include <gmock/gmock.h>

#include "base/json.h"

namespace cloudbrain {
namespace {

using testing::ElementsAre;

class TaskLogTest : public testing::Test {
 protected:
  void append(std::string_view bytes) {
    const Fd fd = open_file(log_, O_WRONLY | O_CREAT | O_APPEND);
    write_all(fd.get(), {bytes.data(), bytes.size()}, "log");
  }
  std::vector<std::string> texts(std::int64_t first, std::int64_t count) {
    std::vector<std::string> result;
    for (const LogLine& line : logs_.lines(log_, first, count)) result.push_back(line.text);
    return result;
  }

  TemporaryDirectory directory_;
  fs::path log_ = directory_.path() / "log";
  TaskLogs logs_;
};

TEST_F(TaskLogTest, ALogThatDoesNotExistYetIsEmpty) {
  EXPECT_EQ(logs_.info(log_).lines, 0);
  EXPECT_TRUE(texts(1, 10).empty());
}

TEST_F(TaskLogTest, CountsTheLineThatHasNotEndedYet) {
  append("one\ntwo");
  EXPECT_EQ(logs_.info(log_).lines, 2);
  append(" more\n");
  EXPECT_EQ(logs_.info(log_).lines, 2);
  EXPECT_THAT(texts(1, 9), ElementsAre("one", "two more"));
}

TEST_F(TaskLogTest, GivesAnyPageOfALongLog) {
  std::string bytes;
  for (int i = 1; i <= 10'000; ++i) bytes += fmt::format("line {}\n", i);
  append(bytes);
  EXPECT_EQ(logs_.info(log_).lines, 10'000);
  EXPECT_THAT(texts(5'000, 3), ElementsAre("line 5000", "line 5001", "line 5002"));
  EXPECT_THAT(texts(9'999, 10), ElementsAre("line 9999", "line 10000"));
  EXPECT_TRUE(texts(10'001, 5).empty());
  const LogLine line = logs_.lines(log_, 257, 1).front();
  EXPECT_EQ(line.number, 257);
  EXPECT_EQ(bytes.substr(static_cast<std::size_t>(line.offset), 8), "line 257");
}

TEST_F(TaskLogTest, AProgressBarIsOneLineWithItsLastState) {
  append("start\n 10%\r 50%\r100%\ndone\r\n");
  const auto lines = logs_.lines(log_, 1, 9);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].text, "100%");
  EXPECT_EQ(lines[1].updates, 2);
  EXPECT_EQ(lines[2].text, "done");
  EXPECT_EQ(lines[2].updates, 0);
}

TEST_F(TaskLogTest, AProgressBarThatStillRunsShowsItsLastState) {
  append(" 10%\r 50%\r");
  const auto lines = logs_.lines(log_, 1, 9);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].text, " 50%");
}

TEST_F(TaskLogTest, CutsALineThatNobodyCouldRead) {
  append(std::string(100'000, 'x') + "\nnext\n");
  const auto lines = logs_.lines(log_, 1, 2);
  EXPECT_TRUE(lines[0].cut);
  EXPECT_EQ(lines[0].text.size(), TaskLogs::kLineLimit);
  EXPECT_EQ(lines[1].text, "next");
}

TEST_F(TaskLogTest, ShowsBytesThatAreNoTextAsReplacements) {
  append("a\xFF\xE4\xBD\xA0z\n");
  EXPECT_THAT(texts(1, 1), ElementsAre("a\xEF\xBF\xBD\xE4\xBD\xA0z"));
}

TEST_F(TaskLogTest, SearchCountsEveryLine) {
  append("loss 1\nLoss 2\nnothing\nloss 3");
  std::vector<std::int64_t> found;
  const auto note = [&](std::int64_t line) {
    found.push_back(line);
    return true;
  };
  EXPECT_EQ(logs_.search(log_, "loss", true, note), 3);
  EXPECT_THAT(found, ElementsAre(1, 2, 4));
  EXPECT_EQ(logs_.search(log_, "loss", false, [](std::int64_t) { return true; }), 2);
}

TEST_F(TaskLogTest, KeepsTheIndexOfAFinishedLogBesideIt) {
  std::string bytes;
  for (int i = 0; i < 60'000; ++i) bytes += fmt::format("a line of a long log, number {}\n", i);
  append(bytes);
  logs_.settle(log_);
  ASSERT_TRUE(fs::exists(directory_.path() / "log.index"));
  TaskLogs fresh;
  EXPECT_EQ(fresh.info(log_).lines, 60'000);
  EXPECT_EQ(fresh.lines(log_, 59'999, 1).front().text, "a line of a long log, number 59998");
}

TEST_F(TaskLogTest, AnIndexThatDoesNotFitItsLogIsMadeAnew) {
  append("one\ntwo\n");
  write_file_atomic(directory_.path() / "log.index", "cblogix1 nonsense", Durable::no);
  EXPECT_EQ(logs_.info(log_).lines, 2);
}

class FollowerTest : public TaskLogTest {
 protected:
  Watcher watcher_;
};

// Wakes as they come from the watcher's thread.
class WakeCount {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    come_.notify_all();
  }
  bool has_come() {
    std::unique_lock lock(mutex_);
    return come_.wait_for(lock, std::chrono::seconds(10), [&] { return count_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable come_;
  int count_ = 0;
};

TEST_F(FollowerTest, GivesEveryByteOnce) {
  append("first\n");
  LogFollower follower(watcher_, log_, 0);
  const auto one = follower.read(false);
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(one->text, "first\n");
  EXPECT_EQ(one->end, 6);
  EXPECT_FALSE(follower.read(false).has_value());
  append("second\n");
  EXPECT_EQ(follower.read(false)->text, "second\n");
}

TEST_F(FollowerTest, HoldsBackHalfACharacterUntilItIsWhole) {
  append("\xE4\xBD");
  LogFollower follower(watcher_, log_, 0);
  EXPECT_FALSE(follower.read(false).has_value());
  append("\xA0");
  EXPECT_EQ(follower.read(false)->text, "\xE4\xBD\xA0");
  append("\xE4");
  EXPECT_EQ(follower.read(true)->text, "\xEF\xBF\xBD");
}

TEST_F(FollowerTest, IsWokenWhenTheLogGrows) {
  append("");
  LogFollower follower(watcher_, log_, 0);
  WakeCount wakes;
  follower.on_growth([&] { wakes.add(); });
  EXPECT_FALSE(follower.read(false).has_value());
  append("x");
  EXPECT_TRUE(wakes.has_come());
}

TEST_F(FollowerTest, IsWokenWhenTheLogComesIntoBeing) {
  LogFollower follower(watcher_, log_, 0);
  WakeCount wakes;
  follower.on_growth([&] { wakes.add(); });
  EXPECT_FALSE(follower.read(false).has_value());
  append("x");
  EXPECT_TRUE(wakes.has_come());
  EXPECT_EQ(follower.read(false)->text, "x");
}

}  // namespace
}  // namespace cloudbrain
