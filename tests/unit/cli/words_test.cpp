#include "cli/screen/words.h"

#include <gtest/gtest.h>

namespace cloudbrain::cli {
namespace {

TEST(Words, SizesKeepOneDecimalAndTheirUnit) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(1024), "1.0 KiB");
  EXPECT_EQ(size_text((1 << 20) - 1), "1.0 MiB");  // never "1024.0 KiB"
  EXPECT_EQ(size_text(2'500'000'000), "2.3 GiB");
}

TEST(Words, DurationsShowTheirTwoLargestUnits) {
  EXPECT_EQ(duration_text(-3), "0s");
  EXPECT_EQ(duration_text(59), "59s");
  EXPECT_EQ(duration_text(125), "2m 05s");
  EXPECT_EQ(duration_text(3600), "1h");
  EXPECT_EQ(duration_text(90'000), "1d 01h");
}

TEST(Words, OneThingIsNotSeveral) {
  EXPECT_EQ(counted(0, "file"), "0 files");
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(2, "file"), "2 files");
}

TEST(Words, LengthsOfTimeAreReadInEveryUnit) {
  EXPECT_EQ(parse_duration("90"), 90);
  EXPECT_EQ(parse_duration("90s"), 90);
  EXPECT_EQ(parse_duration("30m"), 1800);
  EXPECT_EQ(parse_duration("2h"), 7200);
  EXPECT_EQ(parse_duration("1d"), 86'400);
  EXPECT_EQ(parse_duration("1h30m"), 5400);
}

TEST(Words, WhatIsNoLengthOfTimeIsRefused) {
  for (const char* text : {"", "0", "0s", "h", "2x", "-1h", "1.5h", "1h30", "2 h",
                           "99999999999999d", "36501d", "18446744073709551616"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace cloudbrain::cli
