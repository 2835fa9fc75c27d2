#include "cli/screen/table.h"

#include <gtest/gtest.h>

namespace cloudbrain::cli {
namespace {

Terminal plain_terminal() {
  return Terminal(Surroundings{-1, -1, -1, {}});
}

TEST(Table, ChineseCharactersCountTwoColumnsAndCombiningOnesNone) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("训练"), 4U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);  // e and a combining acute
  EXPECT_EQ(display_width("，"), 2U);
  EXPECT_EQ(display_width(""), 0U);
}

TEST(Table, ColumnsLineUpUnderChineseText) {
  Table table({"名称", "STATE"});
  table.add({{"mnist"}, {"RUNNING"}});
  table.add({{"手写数字"}, {"OK"}});
  EXPECT_EQ(table.text(plain_terminal()),
            "名称      STATE\n"
            "mnist     RUNNING\n"
            "手写数字  OK\n");
}

TEST(Table, NoLineEndsWithSpaces) {
  Table table({"A", "B"});
  table.add({{"x"}, {""}});
  EXPECT_EQ(table.text(plain_terminal()), "A  B\nx\n");
}

TEST(Table, TextOfOthersCannotSteerTheTerminal) {
  EXPECT_EQ(harmless("red\x1b[31m\r\nnext\tone"), "red?[31m? next one");
  EXPECT_EQ(harmless("\xC2\x9B"), "?");  // C1 control sequence introducer
  EXPECT_EQ(harmless("a\xFFz"), "a?z");  // not UTF-8
  EXPECT_EQ(harmless("描述 ✓"), "描述 ✓");
}

TEST(Table, WhatIsTooLongIsCutBetweenCharacters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdef", 4), "abc…");
  EXPECT_EQ(shortened("训练任务", 6), "训练…");
  EXPECT_EQ(shortened("训练任务", 0), "");
}

}  // namespace
}  // namespace cloudbrain::cli
