#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Inner {
  int number = 7;
  std::optional<std::string> note;
  static constexpr std::array<std::string_view, 1> kRequired{"number"};
  bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (number, note))

struct Outer {
  bool flag = false;
  std::int64_t big = 0;
  std::uint8_t small = 0;
  double ratio = 0;
  std::string text = "default";
  TimePoint at;
  UserId user;
  Colour colour = Colour::red;
  std::optional<Inner> maybe;
  std::vector<Inner> list;
  std::map<std::string, std::string> words;
  json::value anything;
  bool delete_ = false;
  bool operator==(const Outer&) const = default;
};
BOOST_DESCRIBE_STRUCT(Outer, (),
                      (flag, big, small, ratio, text, at, user, colour, maybe, list, words,
                       anything, delete_))

template <typename T>
T read(std::string_view text, UnknownMembers unknown = UnknownMembers::reject) {
  return from_json<T>(parse_json(text), unknown);
}

// "field: code" for every problem that reading `text` gives.
template <typename T>
std::vector<std::string> problems_of(std::string_view text) {
  std::vector<std::string> list;
  try {
    read<T>(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    for (const FieldProblem& problem : error.problems()) {
      EXPECT_FALSE(problem.message.en.empty());
      EXPECT_FALSE(problem.message.zh.empty());
      list.push_back(problem.field + ": " + problem.code);
    }
  }
  return list;
}

TEST(Json, a_struct_survives_a_trip_through_text) {
  Outer outer;
  outer.flag = true;
  outer.big = std::numeric_limits<std::int64_t>::min();
  outer.small = 255;
  outer.ratio = 0.1;
  outer.text = "quotes \" \\ \n \x01 中文 🚀 </script>";
  outer.at = *parse_rfc3339("2026-01-31T08:00:00.123Z");
  outer.user = UserId{42};
  outer.colour = Colour::green;
  outer.maybe = Inner{1, "note"};
  outer.list = {Inner{2, std::nullopt}, Inner{3, ""}};
  outer.words = {{"a", "b"}, {"", "empty key"}};
  outer.anything = parse_json(R"({"nested":[1,null,2.5]})");
  outer.delete_ = true;
  EXPECT_EQ(read<Outer>(to_text(to_json(outer))), outer);
}

TEST(Json, a_member_is_named_as_in_the_struct_less_the_underscore_of_a_keyword) {
  const json::object object = to_json(Outer{}).as_object();
  EXPECT_TRUE(object.contains("delete"));
  EXPECT_FALSE(object.contains("delete_"));
  EXPECT_EQ(object.at("colour").as_string(), "red");
  EXPECT_TRUE(object.at("maybe").is_null());
  EXPECT_EQ(object.size(), 13U);
}

TEST(Json, absent_members_keep_their_defaults_and_null_empties_an_optional) {
  EXPECT_EQ(read<Outer>("{}").text, "default");
  EXPECT_FALSE(read<Outer>(R"({"maybe":null})").maybe);
}

TEST(Json, a_required_member_is_missed_wherever_it_lies) {
  EXPECT_THAT(problems_of<Inner>("{}"), testing::ElementsAre("number: required"));
  EXPECT_THAT(problems_of<Outer>(R"({"list":[{"number":1},{}],"maybe":{}})"),
              testing::UnorderedElementsAre("maybe.number: required", "list[1].number: required"));
}

TEST(Json, unknown_members_are_refused_or_ignored_as_asked) {
  EXPECT_THAT(problems_of<Outer>(R"({"colur":"red","list":[{"number":1,"x":2}]})"),
              testing::UnorderedElementsAre("colur: unknown_field", "list[0].x: unknown_field"));
  EXPECT_NO_THROW(read<Outer>(R"({"colur":"red"})", UnknownMembers::ignore));
}

TEST(Json, all_wrong_fields_are_told_at_once_each_with_its_path) {
  EXPECT_THAT(problems_of<Outer>(
                  R"({"flag":1,"big":"1","small":256,"text":null,"at":"yesterday","colour":"blue",)"
                  R"("maybe":[],"list":{},"words":{"a":1}})"),
              testing::UnorderedElementsAre(
                  "flag: wrong_type", "big: wrong_type", "small: out_of_range", "text: wrong_type",
                  "at: wrong_type", "colour: not_allowed", "maybe: wrong_type", "list: wrong_type",
                  "words.a: wrong_type"));
}

TEST(Json, one_wrong_field_gives_the_error_its_own_code) {
  try {
    read<Outer>(R"({"colour":"blue"})");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "not_allowed");
    EXPECT_NE(error.message().en.find("\"blue\" is not one of: red, green"), std::string::npos);
  }
}

TEST(Json, whole_numbers_are_whole_and_in_range) {
  EXPECT_EQ(read<Inner>(R"({"number":3.0})").number, 3);
  EXPECT_EQ(read<Inner>(R"({"number":-2147483648})").number, std::numeric_limits<int>::min());
  EXPECT_THAT(problems_of<Inner>(R"({"number":3.5})"), testing::ElementsAre("number: wrong_type"));
  EXPECT_THAT(problems_of<Inner>(R"({"number":2147483648})"),
              testing::ElementsAre("number: out_of_range"));
  EXPECT_THAT(problems_of<Inner>(R"({"number":1e300})"),
              testing::ElementsAre("number: wrong_type"));
  EXPECT_THAT(problems_of<Outer>(R"({"user":-1})"), testing::ElementsAre("user: out_of_range"));
}

TEST(Json, a_refusal_quotes_a_long_value_without_cutting_a_character) {
  std::string long_text;
  for (int i = 0; i < 100; ++i) long_text += "字";
  try {
    read<Outer>(to_text(json::object{{"colour", long_text}}));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_TRUE(is_utf8(error.message().zh));
  }
}

TEST(ParseJson, tells_what_is_wrong_with_the_text) {
  std::string deep(33, '[');
  deep += std::string(33, ']');
  for (const std::string& bad :
       std::vector<std::string>{"", "{", "{\"a\":}", "[1,]", "{} {}", "nul", "\"\xff\"", "\"\xc3\"",
                                "{'a':1}", deep, std::string("{}\0", 3)}) {
    try {
      parse_json(bad);
      ADD_FAILURE() << "parsed: " << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::malformed);
      EXPECT_EQ(error.code(), "invalid_json");
      EXPECT_NE(error.message().en.find("at byte"), std::string::npos);
    }
  }
  EXPECT_NO_THROW(parse_json(" [1, 2] \n"));
}

TEST(EnumName, and_back) {
  EXPECT_EQ(enum_name(Colour::green), "green");
  EXPECT_EQ(enum_from_name<Colour>("red"), Colour::red);
  EXPECT_FALSE(enum_from_name<Colour>("RED"));
  EXPECT_FALSE(enum_from_name<Colour>(""));
}

}  // namespace
}  // namespace cloudbrain
