#include <gtest/gtest.h>

#include "base/json.h"

namespace cloudbrain {
namespace {

TEST(Utf8, accepts_the_first_and_last_character_of_every_length) {
  for (const char* good :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, refuses_overlong_forms_surrogates_and_what_lies_beyond) {
  for (const char* bad :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Utf8, refuses_a_character_that_is_cut_off) {
  const std::string_view rocket = "🚀";
  for (std::size_t length = 1; length < rocket.size(); ++length) {
    EXPECT_FALSE(is_utf8(rocket.substr(0, length))) << length;
    EXPECT_FALSE(is_utf8(std::string(rocket.substr(0, length)) + "a")) << length;
  }
}

TEST(Utf8, counts_characters_not_bytes) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("abc"), 3U);
  EXPECT_EQ(count_characters("训练🚀é"), 4U);
}

TEST(Utf8, the_front_of_a_text_ends_between_characters) {
  EXPECT_EQ(first_characters("训练任务", 2), "训练");
  EXPECT_EQ(first_characters("a🚀b", 2), "a🚀");
  EXPECT_EQ(first_characters("训练", 2), "训练");
  EXPECT_EQ(first_characters("训练", 9), "训练");
  EXPECT_EQ(first_characters("训练", 0), "");
  EXPECT_EQ(first_characters("", 0), "");
}

}  // namespace
}  // namespace cloudbrain
