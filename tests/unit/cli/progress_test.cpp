#include "cli/screen/progress.h"

#include <gtest/gtest.h>

#include "cli/screen/table.h"

namespace cloudbrain::cli {
namespace {

using std::chrono::seconds;

TEST(Progress, ALineHasBarShareAmountRateAndTimeLeft) {
  const ProgressState state{"mnist.zip", 512 << 20, 1 << 30, 64.0 * (1 << 20)};
  EXPECT_EQ(progress_line(state, 100, false),
            "mnist.zip  [##########          ]   50%  512.0 MiB of 1.0 GiB  64.0 MiB/s  9s left");
  EXPECT_EQ(progress_line(state, 100, true),
            "mnist.zip  [##########          ]   50%  512.0 MiB/1.0 GiB  64.0 MiB/s  剩余 9s");
}

TEST(Progress, ANarrowTerminalShortensBarAndLabelThenLosesThem) {
  const ProgressState state{"a-rather-longer-name.zip", 1, 2, 0};
  EXPECT_EQ(progress_line(state, 60, false),
            "a-rather-longer-name.zip  [######      ]   50%  1 B of 2 B");
  EXPECT_EQ(progress_line(state, 44, false), "a-rather-lo…  [####    ]   50%  1 B of 2 B");
  EXPECT_EQ(progress_line(state, 39, false), "a-rather-longer-na…   50%  1 B of 2 B");
  EXPECT_EQ(progress_line(state, 20, false), " 50%  1 B of 2 B");
  for (std::size_t width = 1; width < 120; ++width) {
    const ProgressState chinese{"数据集压缩包.zip", 7 << 20, 9 << 20, 3e6};
    EXPECT_LE(display_width(progress_line(chinese, width, true)), width);
  }
}

TEST(Progress, AnEmptyFileIsDoneAtOnce) {
  EXPECT_EQ(progress_line({"x", 0, 0, 0}, 80, false),
            "x  [####################]  100%  0 B of 0 B");
}

TEST(Progress, TheRateIsThatOfTheLastSeconds) {
  Rate rate;
  const Rate::Time start{};
  EXPECT_EQ(rate.bytes_per_second(), 0);
  rate.add(start, 0);
  EXPECT_EQ(rate.bytes_per_second(), 0);
  rate.add(start + seconds(1), 1000);
  EXPECT_DOUBLE_EQ(rate.bytes_per_second(), 1000);
  for (int i = 2; i <= 20; ++i) rate.add(start + seconds(i), 1000);  // a stall
  EXPECT_DOUBLE_EQ(rate.bytes_per_second(), 0);
}

}  // namespace
}  // namespace cloudbrain::cli
