#include "base/clock.h"

#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

using namespace std::chrono_literals;

TEST(Rfc3339, writes_milliseconds_in_UTC) {
  EXPECT_EQ(to_rfc3339(TimePoint{0ms}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(TimePoint{1'700'000'000'042ms}), "2023-11-14T22:13:20.042Z");
  EXPECT_EQ(to_rfc3339(TimePoint{-1ms}), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, reads_what_it_writes) {
  for (const auto time : {0ms, 1ms, 1'700'000'000'042ms, 253'402'300'799'999ms, -1ms}) {
    EXPECT_EQ(parse_rfc3339(to_rfc3339(TimePoint{time})), TimePoint{time});
  }
}

TEST(Rfc3339, reads_times_without_a_fraction_and_drops_what_is_finer_than_milliseconds) {
  EXPECT_EQ(parse_rfc3339("2024-02-29T23:59:59Z"), parse_rfc3339("2024-02-29T23:59:59.000Z"));
  EXPECT_EQ(parse_rfc3339("2024-02-29T23:59:59.5Z"), parse_rfc3339("2024-02-29T23:59:59.500Z"));
  EXPECT_EQ(parse_rfc3339("2024-02-29T23:59:59.123999999Z"),
            parse_rfc3339("2024-02-29T23:59:59.123Z"));
}

TEST(Rfc3339, refuses_everything_else) {
  for (const char* bad :
       {"", "Z", "2024-02-29", "2024-02-29T23:59:59", "2024-02-29T23:59:59+08:00",
        "2024-02-29 23:59:59Z", "2023-02-29T00:00:00Z", "2024-02-31T00:00:00Z",
        "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z",
        "2024-1-01T00:00:00.0Z", " 2024-01-01T00:00:00Z", "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00.1x2Z", "2024-01-01T00:00:00ZZ", "2024-01-01t00:00:00Zz"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
  EXPECT_FALSE(parse_rfc3339(std::string_view("2024-01-01T00:00:00Z\0Z", 22)));
}

TEST(FakeClock, moves_only_when_told_to) {
  FakeClock clock;
  const TimePoint start = clock.now();
  EXPECT_EQ(clock.now(), start);
  clock.advance(90s);
  EXPECT_EQ(clock.now(), start + 90s);
}

TEST(SystemClock, tells_the_time_in_whole_milliseconds) {
  const auto before = std::chrono::system_clock::now() - 1ms;
  const TimePoint now = SystemClock().now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

}  // namespace
}  // namespace cloudbrain
