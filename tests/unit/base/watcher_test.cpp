#include "base/watcher.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {
namespace {

using namespace std::chrono_literals;

// Collects what a callback is told and lets a test wait for it.
class Mailbox {
 public:
  Watcher::Callback callback() {
    return [this](std::string_view name) {
      const std::lock_guard lock(mutex_);
      names_.emplace_back(name);
      arrived_.notify_all();
    };
  }

  bool waits_for(std::string_view name) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(
        lock, 10s, [&] { return std::find(names_.begin(), names_.end(), name) != names_.end(); });
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return names_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::string> names_;
};

class WatcherTest : public testing::Test {
 protected:
  fs::path at(std::string_view name) const { return directory_.path() / name; }
  void append(std::string_view name, std::string_view bytes) const {
    const Fd fd = open_file(at(name), O_WRONLY | O_CREAT | O_APPEND);
    write_all(fd.get(), bytes, name);
  }
  // Everything that happened before has been reported once this returns.
  void settle() {
    Mailbox last;
    const Watcher::Watch watch = watcher_.watch(directory_.path(), IN_CREATE, last.callback());
    const std::string name = random_name("settle-");
    append(name, "");
    ASSERT_TRUE(last.waits_for(name));
  }

  TemporaryDirectory directory_;
  Watcher watcher_;
};

TEST_F(WatcherTest, tells_of_a_file_that_grows) {
  append("log", "");
  Mailbox mail;
  const Watcher::Watch watch = watcher_.watch(at("log"), IN_MODIFY, mail.callback());
  append("log", "line\n");
  EXPECT_TRUE(mail.waits_for(""));
}

TEST_F(WatcherTest, names_the_entry_that_appears_in_a_directory) {
  Mailbox mail;
  const Watcher::Watch watch = watcher_.watch(directory_.path(), IN_MOVED_TO, mail.callback());
  write_file_atomic(at("exit"), "0", Durable::no);
  EXPECT_TRUE(mail.waits_for("exit"));
}

TEST_F(WatcherTest, tells_only_of_what_was_asked_for) {
  append("log", "");
  Mailbox deletions;
  Mailbox changes;
  const Watcher::Watch first = watcher_.watch(at("log"), IN_DELETE_SELF, deletions.callback());
  const Watcher::Watch second = watcher_.watch(at("log"), IN_MODIFY, changes.callback());
  append("log", "x");
  EXPECT_TRUE(changes.waits_for(""));
  settle();
  EXPECT_EQ(deletions.count(), 0U);
}

TEST_F(WatcherTest, two_watches_of_one_path_both_hear_and_one_may_end) {
  append("log", "");
  Mailbox first_mail;
  Mailbox second_mail;
  std::optional<Watcher::Watch> first = watcher_.watch(at("log"), IN_MODIFY, first_mail.callback());
  const Watcher::Watch second = watcher_.watch(at("log"), IN_MODIFY, second_mail.callback());
  append("log", "x");
  EXPECT_TRUE(first_mail.waits_for(""));
  EXPECT_TRUE(second_mail.waits_for(""));
  first.reset();
  settle();
  const std::size_t heard = first_mail.count();
  append("log", "y");
  settle();
  EXPECT_EQ(first_mail.count(), heard);
  EXPECT_GE(second_mail.count(), 2U);
}

TEST_F(WatcherTest, a_path_can_be_watched_again_after_it_was_removed) {
  append("log", "");
  Mailbox gone;
  std::optional<Watcher::Watch> watch =
      watcher_.watch(at("log"), IN_DELETE_SELF | IN_ATTRIB, gone.callback());
  fs::remove(at("log"));
  EXPECT_TRUE(gone.waits_for(""));
  watch.reset();
  append("log", "");
  Mailbox mail;
  const Watcher::Watch again = watcher_.watch(at("log"), IN_MODIFY, mail.callback());
  append("log", "x");
  EXPECT_TRUE(mail.waits_for(""));
}

TEST_F(WatcherTest, a_callback_is_not_running_once_its_watch_is_gone) {
  append("log", "");
  std::atomic<bool> entered{false};
  std::atomic<bool> left{false};
  std::optional<Watcher::Watch> watch = watcher_.watch(at("log"), IN_MODIFY, [&](std::string_view) {
    entered = true;
    entered.notify_all();
    std::this_thread::sleep_for(50ms);  // long enough for the reset below to come meanwhile
    left = true;
  });
  append("log", "x");
  entered.wait(false);
  watch.reset();
  EXPECT_TRUE(left);
}

TEST_F(WatcherTest, a_watch_may_be_ended_from_inside_its_own_callback) {
  append("log", "");
  std::optional<Watcher::Watch> watch;
  std::atomic<int> calls{0};
  watch = watcher_.watch(at("log"), IN_MODIFY, [&](std::string_view) {
    ++calls;
    watch.reset();
  });
  append("log", "x");
  settle();
  append("log", "y");
  settle();
  EXPECT_EQ(calls, 1);
}

TEST_F(WatcherTest, thousands_of_changes_that_come_together_are_told_as_few) {
  append("log", "");
  Mailbox mail;
  const Watcher::Watch watch = watcher_.watch(at("log"), IN_MODIFY, mail.callback());
  const Fd fd = open_file(at("log"), O_WRONLY | O_APPEND);
  for (int i = 0; i < 10'000; ++i) write_all(fd.get(), std::string_view("x"), "log");
  settle();
  EXPECT_GE(mail.count(), 1U);
  EXPECT_LT(mail.count(), 10'000U);
}

TEST_F(WatcherTest, a_path_that_is_missing_is_an_error_that_names_it) {
  try {
    const Watcher::Watch watch = watcher_.watch(at("missing"), IN_MODIFY, [](std::string_view) {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(error.message().en.find("missing"), std::string::npos);
  }
}

}  // namespace
}  // namespace cloudbrain
