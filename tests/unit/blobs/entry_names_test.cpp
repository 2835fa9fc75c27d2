#include "blobs/entry_names.h"

#include "archives.h"

namespace cloudbrain {
namespace {

TEST(EntryNamesTest, Utf8StaysAsItIs) {
  EXPECT_EQ(decode_name("数据.txt"), "数据.txt");
}

TEST(EntryNamesTest, GbkIsRead) {
  EXPECT_EQ(decode_name("\xca\xfd\xbe\xdd.txt"), "数据.txt");
}

TEST(EntryNamesTest, WhatIsNeitherIsReadAsCodePage437) {
  EXPECT_EQ(decode_name("caf\x82"), "café");
}

TEST(EntryNamesTest, PathsBecomePlain) {
  EXPECT_EQ(plain_entry_path("./a//b/./c/"), "a/b/c");
  EXPECT_EQ(plain_entry_path("./"), "");
  EXPECT_EQ(plain_entry_path("..a/b.."), "..a/b..");
  EXPECT_EQ(error_code([] { plain_entry_path("a/.."); }), "archive_escapes");
  EXPECT_EQ(error_code([] { plain_entry_path("/a"); }), "archive_escapes");
}

TEST(EntryNamesTest, TheLocaleOfTheThreadComesBack) {
  const locale_t before = ::uselocale(nullptr);
  const Utf8Locale locale;
  {
    const Utf8Locale::Use utf8(locale);
    EXPECT_NE(::uselocale(nullptr), before);
  }
  EXPECT_EQ(::uselocale(nullptr), before);
}

}  // namespace
}  // namespace cloudbrain
