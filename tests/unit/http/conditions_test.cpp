#include "http/connection/conditions.h"

#include <gtest/gtest.h>

namespace cloudbrain::http {
namespace {

using Verdict = Selection::Verdict;

// A file of 1000 bytes with the tag "v1".
Selection asked(std::vector<Headers::Field> headers, std::string method = "GET",
                std::uint64_t size = 1000) {
  Request request;
  request.method = std::move(method);
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  Headers representation;
  representation.set("ETag", "\"v1\"");
  representation.set("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
  return select(request, representation, size);
}

std::string range(std::string_view value, std::uint64_t size = 1000) {
  const Selection selection = asked({{"Range", std::string(value)}}, "GET", size);
  switch (selection.verdict) {
    case Verdict::whole:
      return "whole";
    case Verdict::part:
      return fmt::format("{}+{}", selection.first, selection.length);
    case Verdict::unsatisfiable:
      return "unsatisfiable";
    case Verdict::not_modified:
    case Verdict::failed:
      break;
  }
  return "condition";
}

TEST(Range, NamesBytesFromTheStartOrTheEnd) {
  EXPECT_EQ(range("bytes=0-0"), "0+1");
  EXPECT_EQ(range("bytes=0-"), "0+1000");
  EXPECT_EQ(range("bytes=500-599"), "500+100");
  EXPECT_EQ(range("bytes=500-9999"), "500+500");
  EXPECT_EQ(range("bytes=-100"), "900+100");
  EXPECT_EQ(range("bytes=-9999"), "0+1000");
  EXPECT_EQ(range("Bytes = 1-2"), "1+2");
}

TEST(Range, PastTheEndCannotBeSatisfied) {
  EXPECT_EQ(range("bytes=1000-"), "unsatisfiable");
  EXPECT_EQ(range("bytes=-0"), "unsatisfiable");
  EXPECT_EQ(range("bytes=0-", 0), "unsatisfiable");
  EXPECT_EQ(range("bytes=-5", 0), "unsatisfiable");
}

TEST(Range, WhatIsNotUnderstoodIsIgnored) {
  for (const char* value :
       {"bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "bytes=1",
        "bytes=-1-2", "bytes=+1-2", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(range(value), "whole") << value;
  }
}

TEST(Range, IsForGetAlone) {
  EXPECT_EQ(asked({{"Range", "bytes=0-1"}}, "HEAD").verdict, Verdict::whole);
}

TEST(IfRange, KeepsThePartOnlyWhileTheTagIsStronglyTheSame) {
  const auto with = [](std::string value) {
    return asked({{"Range", "bytes=0-1"}, {"If-Range", std::move(value)}}).verdict;
  };
  EXPECT_EQ(with("\"v1\""), Verdict::part);
  EXPECT_EQ(with("\"v2\""), Verdict::whole);
  EXPECT_EQ(with("W/\"v1\""), Verdict::whole);
  EXPECT_EQ(with("Sun, 06 Nov 1994 08:49:37 GMT"), Verdict::whole);
}

TEST(IfNoneMatch, FindsTheTagInAListAndComparesWeakly) {
  const auto with = [](std::string value) {
    return asked({{"If-None-Match", std::move(value)}}).verdict;
  };
  EXPECT_EQ(with("\"v1\""), Verdict::not_modified);
  EXPECT_EQ(with("\"v0\", W/\"v1\""), Verdict::not_modified);
  EXPECT_EQ(with("*"), Verdict::not_modified);
  EXPECT_EQ(with("\"v2\""), Verdict::whole);
}

TEST(IfNoneMatch, WinsOverIfModifiedSinceAndOverRange) {
  EXPECT_EQ(
      asked({{"If-None-Match", "\"v2\""}, {"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}})
          .verdict,
      Verdict::whole);
  EXPECT_EQ(asked({{"If-None-Match", "\"v1\""}, {"Range", "bytes=0-1"}}).verdict,
            Verdict::not_modified);
}

TEST(IfModifiedSince, MatchesTheDateWeGave) {
  EXPECT_EQ(asked({{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).verdict,
            Verdict::not_modified);
  EXPECT_EQ(asked({{"If-Modified-Since", "Mon, 07 Nov 1994 08:49:37 GMT"}}).verdict,
            Verdict::whole);
}

TEST(IfMatch, FailsWhereTheTagIsAnother) {
  EXPECT_EQ(asked({{"If-Match", "\"v1\""}}).verdict, Verdict::whole);
  EXPECT_EQ(asked({{"If-Match", "\"v2\""}}).verdict, Verdict::failed);
  EXPECT_EQ(asked({{"If-Match", "W/\"v1\""}}).verdict, Verdict::failed);
  EXPECT_EQ(asked({{"If-Unmodified-Since", "Mon, 07 Nov 1994 08:49:37 GMT"}}).verdict,
            Verdict::failed);
}

}  // namespace
}  // namespace cloudbrain::http
