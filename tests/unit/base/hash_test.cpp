#include "base/hash.h"

#include <set>

#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

TEST(Sha256, agrees_with_FIPS_180) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, of_a_stream_does_not_depend_on_how_it_is_cut) {
  Sha256 hash;
  for (const char c : std::string_view("abc")) hash.update(std::span(&c, 1));
  hash.update({});
  EXPECT_EQ(hash.finish(), sha256_hex("abc"));
}

TEST(Sha256, can_be_moved_while_it_runs) {
  Sha256 first;
  first.update(std::string_view("ab"));
  Sha256 second(std::move(first));
  second.update(std::string_view("c"));
  EXPECT_EQ(second.finish(), sha256_hex("abc"));
}

TEST(RandomHex, has_two_digits_a_byte_and_is_never_the_same) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = random_hex(20);
    EXPECT_EQ(text.size(), 40U);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(seen.insert(text).second);
  }
  EXPECT_EQ(random_hex(0), "");
}

TEST(EqualInConstantTime, compares_all_bytes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secret "));
}

TEST(Base64, agrees_with_RFC_4648) {
  const std::vector<std::pair<std::string, std::string>> pairs{{"", ""},
                                                               {"f", "Zg=="},
                                                               {"fo", "Zm8="},
                                                               {"foo", "Zm9v"},
                                                               {"foob", "Zm9vYg=="},
                                                               {"fooba", "Zm9vYmE="},
                                                               {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(base64_encode(bytes), text);
    bool ok = false;
    EXPECT_EQ(base64_decode(text, ok), bytes);
    EXPECT_TRUE(ok);
  }
}

TEST(Base64, carries_every_byte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  bool ok = false;
  EXPECT_EQ(base64_decode(base64_encode(bytes), ok), bytes);
}

TEST(Base64, refuses_what_is_none) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zm9v=Zg=", "Zm=v",
                          "Zm9v\n\n\n\n", " Zm9v   ", "Zm9_", "Zm9-", "中文=="}) {
    bool ok = true;
    EXPECT_EQ(base64_decode(bad, ok), "") << bad;
    EXPECT_FALSE(ok) << bad;
  }
}

}  // namespace
}  // namespace cloudbrain
