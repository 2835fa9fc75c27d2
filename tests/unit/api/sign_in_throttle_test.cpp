#include "api/people/sign_in_throttle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cloudbrain::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class ThrottleTest : public testing::Test {
 protected:
  // How long the try had to wait; it goes as `right` says where it did not have to.
  milliseconds attempt(std::string_view account, std::string_view peer, bool right = false) {
    const milliseconds wait = throttle_.begin(account, peer, clock_.now());
    if (wait.count() == 0) throttle_.end(account, peer, right, clock_.now());
    return wait;
  }
  // Tries until it has to wait; gives how many were free.
  int free_tries(const std::function<milliseconds(int)>& next) {
    for (int tries = 0; tries < 1000; ++tries) {
      if (next(tries).count() > 0) return tries;
    }
    return 1000;
  }

  FakeClock clock_;
  SignInThrottle throttle_;
};

TEST_F(ThrottleTest, AFewWrongPasswordsAreFree) {
  EXPECT_EQ(free_tries([&](int) { return attempt("ada", "10.0.0.1"); }), 5);
}

TEST_F(ThrottleTest, TheWaitDoublesUpToALongestAndThenStays) {
  free_tries([&](int) { return attempt("ada", "10.0.0.1"); });
  milliseconds longest{0};
  for (int i = 0; i < 20; ++i) {
    const milliseconds wait = throttle_.begin("ada", "10.0.0.1", clock_.now());
    EXPECT_GE(wait, longest);
    longest = wait;
    clock_.advance(wait);
    EXPECT_EQ(attempt("ada", "10.0.0.1"), milliseconds{0}) << "after waiting as told";
  }
  EXPECT_EQ(longest, seconds{256});
}

TEST_F(ThrottleTest, TheRightPasswordStartsAgain) {
  for (int i = 0; i < 4; ++i) attempt("ada", "10.0.0.1");
  EXPECT_EQ(attempt("ada", "10.0.0.1", true), milliseconds{0});
  EXPECT_EQ(free_tries([&](int) { return attempt("ada", "10.0.0.1"); }), 5);
}

TEST_F(ThrottleTest, WrongTriesAreForgottenWithTime) {
  free_tries([&](int) { return attempt("ada", "10.0.0.1"); });
  clock_.advance(minutes{60});
  EXPECT_EQ(free_tries([&](int) { return attempt("ada", "10.0.0.1"); }), 5);
}

TEST_F(ThrottleTest, OneAccountFromElsewhereAndAnotherFromHereAreNotConcerned) {
  free_tries([&](int) { return attempt("ada", "10.0.0.1"); });
  EXPECT_EQ(attempt("ada", "10.0.0.2"), milliseconds{0});
  EXPECT_EQ(attempt("bob", "10.0.0.1"), milliseconds{0});
}

TEST_F(ThrottleTest, AnAddressThatGuessesAtManyAccountsIsSlowed) {
  const auto spray = [&](int i) { return attempt(fmt::format("user{}", i), "10.0.0.1"); };
  EXPECT_EQ(free_tries(spray), 30);
  EXPECT_EQ(attempt("user0", "10.0.0.2"), milliseconds{0});
  EXPECT_LE(throttle_.begin("other", "10.0.0.1", clock_.now()), seconds{32});
}

TEST_F(ThrottleTest, TheOwnAccountsPasswordDoesNotPayForGuessesAtOthers) {
  int guesses = 0;
  const auto spray = [&](int i) {
    if (i % 3 == 0) attempt("mallory", "10.0.0.1", true);
    const milliseconds wait = attempt(fmt::format("user{}", i), "10.0.0.1");
    guesses += wait.count() == 0 ? 1 : 0;
    return wait;
  };
  free_tries(spray);
  EXPECT_EQ(guesses, 30);
}

TEST_F(ThrottleTest, AnAccountGuessedAtFromEverywhereIsSlowedBySecondsAlone) {
  const auto botnet = [&](int i) { return attempt("ada", fmt::format("10.0.{}.1", i)); };
  EXPECT_EQ(free_tries(botnet), 50);
  for (int i = 0; i < 100; ++i) {
    const milliseconds wait = throttle_.begin("ada", "10.1.0.1", clock_.now());
    EXPECT_LE(wait, seconds{4});
    clock_.advance(wait);
    attempt("ada", fmt::format("10.2.{}.1", i));
  }
}

TEST_F(ThrottleTest, WhoWasThereBeforeIsNotHinderedByGuessesFromElsewhereOrOfNeighbours) {
  attempt("ada", "192.168.0.1", true);
  free_tries([&](int i) { return attempt("ada", fmt::format("10.0.{}.1", i)); });
  EXPECT_GT(attempt("ada", "192.168.0.2"), milliseconds{0});
  EXPECT_EQ(attempt("ada", "192.168.0.1", true), milliseconds{0});
  free_tries([&](int i) { return attempt(fmt::format("user{}", i), "192.168.0.1"); });
  EXPECT_GT(attempt("bob", "192.168.0.1"), milliseconds{0});
  EXPECT_EQ(attempt("ada", "192.168.0.1", true), milliseconds{0});
}

TEST_F(ThrottleTest, ManyAtOnceAreNotAllTheFirst) {
  for (int i = 0; i < 5; ++i) attempt("ada", "10.0.0.1");
  clock_.advance(seconds{1});
  EXPECT_EQ(throttle_.begin("ada", "10.0.0.1", clock_.now()), milliseconds{0});
  EXPECT_GT(throttle_.begin("ada", "10.0.0.1", clock_.now()), milliseconds{0});
  throttle_.end("ada", "10.0.0.1", true, clock_.now());
  EXPECT_EQ(throttle_.begin("ada", "10.0.0.1", clock_.now()), milliseconds{0});
}

TEST_F(ThrottleTest, NamesThatNobodyHasPushNoCountOut) {
  for (int i = 0; i < 12; ++i) {
    clock_.advance(throttle_.begin("ada", "10.0.0.1", clock_.now()));
    attempt("ada", "10.0.0.1");
  }
  for (int i = 0; i < 30'000; ++i) {
    attempt(fmt::format("nobody{}", i), fmt::format("10.{}.{}.1", i / 250, i % 250));
  }
  EXPECT_GT(attempt("ada", "10.0.0.1"), milliseconds{0});
}

TEST_F(ThrottleTest, AnAddressIsWhatOnePersonHas) {
  EXPECT_EQ(network_of("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:2:ffff::1"));
  EXPECT_NE(network_of("::ffff:10.0.0.1"), network_of("::ffff:10.0.0.2"));
  EXPECT_EQ(network_of("what a proxy wrote"), "what a proxy wrote");
}

}  // namespace
}  // namespace cloudbrain::api
