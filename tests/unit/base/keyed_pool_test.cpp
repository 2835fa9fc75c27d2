#include "base/keyed_pool.h"

#include <barrier>
#include <latch>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

TEST(KeyedPool, runs_the_jobs_of_one_key_in_order_and_one_at_a_time) {
  std::vector<int> order;  // guarded by the pool's promise: a race here is a failure of it
  std::atomic<int> running{0};
  std::latch all(1000);
  KeyedPool pool("test", 8);
  for (int i = 0; i < 1000; ++i) {
    pool.post("task 1", [&, i] {
      EXPECT_EQ(++running, 1);
      order.push_back(i);
      --running;
      all.count_down();
    });
  }
  all.wait();
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order.size(), 1000U);
}

TEST(KeyedPool, runs_different_keys_side_by_side) {
  std::latch met(4);
  std::latch done(4);
  KeyedPool pool("test", 4);
  for (int i = 0; i < 4; ++i) {
    pool.post("task " + std::to_string(i), [&] {
      met.arrive_and_wait();  // comes through only where all four run at once
      done.count_down();
    });
  }
  done.wait();
}

TEST(KeyedPool, a_key_with_many_jobs_does_not_starve_the_others) {
  std::latch hold(1);
  std::latch other_done(1);
  std::atomic<int> first_key_jobs{0};
  KeyedPool pool("test", 1);
  pool.post("a", [&] { hold.wait(); });
  for (int i = 0; i < 100; ++i) pool.post("a", [&] { ++first_key_jobs; });
  pool.post("b", [&] {
    EXPECT_LT(first_key_jobs, 100);
    other_done.count_down();
  });
  hold.count_down();
  other_done.wait();
}

TEST(KeyedPool, goes_on_after_a_job_that_throws) {
  std::latch done(1);
  KeyedPool pool("test", 1);
  pool.post("a", [] { throw std::runtime_error("expected by this test"); });
  pool.post("a", [&] { done.count_down(); });
  done.wait();
}

TEST(KeyedPool, a_job_may_post_another_of_its_own_key) {
  std::latch done(1);
  KeyedPool pool("test", 1);
  pool.post("a", [&] { pool.post("a", [&] { done.count_down(); }); });
  done.wait();
}

TEST(KeyedPool, what_a_job_captured_is_released_outside_the_lock) {
  std::latch done(1);
  KeyedPool pool("test", 1);
  // The captured object posts when it goes: a lock held meanwhile would never be free again.
  const auto post_when_gone = [&](int*) { pool.post("b", [&] { done.count_down(); }); };
  static int anything = 0;
  std::shared_ptr<int> captured(&anything, post_when_gone);
  pool.post("a", [captured = std::move(captured)] {});
  done.wait();
}

TEST(KeyedPool, the_end_waits_for_the_job_that_runs_and_drops_those_that_wait) {
  std::atomic<int> finished{0};
  {
    std::latch started(1);
    KeyedPool pool("test", 1);
    pool.post("a", [&] {
      started.count_down();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the pool goes meanwhile
      ++finished;
    });
    for (int i = 0; i < 100; ++i) pool.post("b", [&] { ++finished; });
    started.wait();
  }
  EXPECT_EQ(finished, 1);
}

}  // namespace
}  // namespace cloudbrain
