#include "http/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "http/connection/target.h"

namespace cloudbrain::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string code_of(std::string_view target) {
  try {
    decode_target(target);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::malformed);
    EXPECT_FALSE(error.message().zh.empty());
    return error.code();
  }
  return "accepted";
}

bool chinese(std::string_view accept_language, std::string_view cookie = "") {
  Request request;
  if (!accept_language.empty()) request.headers.add("Accept-Language", accept_language);
  if (!cookie.empty()) request.headers.add("Cookie", cookie);
  return request.wants_chinese();
}

TEST(Headers, AreFoundWhateverTheirCase) {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  EXPECT_EQ(headers.find("content-TYPE"), "text/plain");
  EXPECT_EQ(headers.find("content"), std::nullopt);
}

TEST(Headers, SetReplacesAllAndAddKeepsAll) {
  Headers headers;
  headers.add("Accept", "a");
  headers.add("accept", "b");
  EXPECT_EQ(headers.list("Accept"), "a, b");
  headers.set("ACCEPT", "c");
  EXPECT_EQ(headers.list("Accept"), "c");
}

TEST(Headers, RefuseWhatWouldEndTheLine) {
  Headers headers;
  EXPECT_THROW(headers.add("X", "a\r\nSet-Cookie: b"), Error);
  EXPECT_THROW(headers.set("X", "a\nb"), Error);
  EXPECT_THROW(headers.set("X: y", "a"), Error);
  EXPECT_THROW(headers.set("", "a"), Error);
}

TEST(Target, IsDecodedOnce) {
  const Target target = decode_target("/a%20b/%2520/%E4%BD%A0?q=1%2B1&x=a+b&flag&=&&e=%3D");
  EXPECT_EQ(target.path, "/a b/%20/你");
  EXPECT_THAT(target.query, ElementsAre(Pair("q", "1+1"), Pair("x", "a b"), Pair("flag", ""),
                                        Pair("", ""), Pair("e", "=")));
}

TEST(Target, ASlashWrittenAsPercent2FStaysInsideItsSegment) {
  const Target target = decode_target("/tree/feature%2Fx/src/main.py");
  EXPECT_THAT(target.segments, ElementsAre("tree", "feature/x", "src", "main.py"));
}

TEST(Target, KeepsEmptySegments) {
  EXPECT_THAT(decode_target("/").segments, ElementsAre(""));
  EXPECT_THAT(decode_target("/a/").segments, ElementsAre("a", ""));
  EXPECT_THAT(decode_target("/a//b").segments, ElementsAre("a", "", "b"));
}

TEST(Target, TakesWhatBrowsersAndCurlSendUnencoded) {
  EXPECT_EQ(decode_target("/数据.zip?a[]=1|2").path, "/数据.zip");
  EXPECT_EQ(decode_target("http://host:80/a?b").path, "/a");
  EXPECT_EQ(decode_target("HTTP://host").path, "/");
  EXPECT_EQ(decode_target("http://host?b=c").query.size(), 1U);
  EXPECT_EQ(decode_target("*").path, "*");
}

TEST(Target, RefusesWhatHasTwoReadings) {
  EXPECT_EQ(code_of("/a%00b"), "bad_encoding");
  EXPECT_EQ(code_of("/a?b=%00"), "bad_encoding");
  EXPECT_EQ(code_of("/a%2"), "bad_encoding");
  EXPECT_EQ(code_of("/a%zz"), "bad_encoding");
  EXPECT_EQ(code_of("/%C0%AF"), "bad_encoding");
  EXPECT_EQ(code_of("/\xff"), "bad_encoding");
  EXPECT_EQ(code_of("/a#b"), "bad_target");
  EXPECT_EQ(code_of("a/b"), "bad_target");
  EXPECT_EQ(code_of("host:443"), "bad_target");
}

TEST(Target, RefusesToClimb) {
  for (const char* path :
       {"/..", "/a/../b", "/%2e%2e/b", "/a/%2E", "/a%2F..%2Fb", "/./a", "/a/.."}) {
    EXPECT_EQ(code_of(path), "bad_path") << path;
  }
  EXPECT_EQ(code_of("/...") + code_of("/..a/.b"), "acceptedaccepted");
}

TEST(Request, AnUnknownCaptureIsAFaultOfOurs) {
  Request request;
  request.args = {{"owner", "li"}};
  EXPECT_EQ(request.arg("owner"), "li");
  EXPECT_THROW(request.arg("name"), Error);
}

TEST(Request, NumbersInTheQueryAreCheckedWhole) {
  Request request;
  request.query_values = {
      {"limit", "20"}, {"bad", "2x"}, {"empty", ""}, {"big", "99999999999999999999"}};
  EXPECT_EQ(request.query_number("limit", 1, 100), 20);
  EXPECT_EQ(request.query_number("absent", 1, 100), std::nullopt);
  EXPECT_THROW(request.query_number("limit", 1, 19), Error);
  EXPECT_THROW(request.query_number("bad", 1, 100), Error);
  EXPECT_THROW(request.query_number("empty", 1, 100), Error);
  EXPECT_THROW(request.query_number("big", 1, 100), Error);
}

TEST(Request, FindsOneCookieAmongMany) {
  Request request;
  request.headers.add("Cookie", "a=1; session=x=y ;lang=zh");
  EXPECT_EQ(request.cookie("session"), "x=y");
  EXPECT_EQ(request.cookie("lang"), "zh");
  EXPECT_EQ(request.cookie("sess"), std::nullopt);
}

TEST(Request, TheLanguageFollowsTheWeightsAndTheCookieWins) {
  EXPECT_FALSE(chinese(""));
  EXPECT_TRUE(chinese("zh-CN,zh;q=0.9,en;q=0.8"));
  EXPECT_FALSE(chinese("en-US,en;q=0.9,zh-CN;q=0.8"));
  EXPECT_TRUE(chinese("en;q=0.2, zh;q=0.3"));
  EXPECT_FALSE(chinese("zh;q=0"));
  EXPECT_FALSE(chinese("fr, *"));
  EXPECT_FALSE(chinese("zh", "lang=en"));
  EXPECT_TRUE(chinese("en", "lang=zh-CN"));
  EXPECT_TRUE(chinese("zh", "lang=fr"));
}

}  // namespace
}  // namespace cloudbrain::http
