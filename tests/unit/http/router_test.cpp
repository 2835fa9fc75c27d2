#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "http/connection/target.h"

namespace cloudbrain::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Route route(std::string method, std::string pattern) {
  return {std::move(method), std::move(pattern), [](const Request&) { return Response::empty(); }};
}

Router router_of(const std::vector<std::string>& lines) {
  std::vector<Route> routes;
  for (const std::string& line : lines) {
    routes.push_back(route(line.substr(0, line.find(' ')), line.substr(line.find(' ') + 1)));
  }
  return Router(std::move(routes));
}

Router::Match match(const Router& router, std::string_view method, std::string_view target) {
  return router.match(method, decode_target(target).segments);
}

std::string found(const Router& router, std::string_view method, std::string_view target) {
  const Router::Match result = match(router, method, target);
  return result.route == nullptr ? "none" : result.route->pattern;
}

std::string refusal_of(const std::vector<std::string>& lines) {
  try {
    router_of(lines);
  } catch (const Error& error) {
    return error.message().en;
  }
  return "accepted";
}

TEST(Router, LiteralsWinOverPartsOverCapturesOverTheRest) {
  const Router router = router_of({"GET /{path...}", "GET /{owner}/{name}", "GET /api/tasks",
                                   "GET /{owner}/{repository}.git", "GET /api/{version}"});
  EXPECT_EQ(found(router, "GET", "/api/tasks"), "/api/tasks");
  EXPECT_EQ(found(router, "GET", "/api/v3"), "/api/{version}");
  EXPECT_EQ(found(router, "GET", "/li/mnist.git"), "/{owner}/{repository}.git");
  EXPECT_EQ(found(router, "GET", "/li/mnist"), "/{owner}/{name}");
  EXPECT_EQ(found(router, "GET", "/li/.git"), "/{owner}/{name}");
  EXPECT_EQ(found(router, "GET", "/li/mnist/x"), "/{path...}");
  EXPECT_EQ(found(router, "GET", "/"), "/{path...}");
}

TEST(Router, GoesBackWhereALiteralLeadsNowhere) {
  const Router router = router_of({"GET /api/tasks/mine", "GET /{owner}/tasks/{id}"});
  EXPECT_THAT(match(router, "GET", "/api/tasks/7").args,
              ElementsAre(Pair("owner", "api"), Pair("id", "7")));
}

TEST(Router, TheLastCaptureSpansSlashesAndMayBeEmpty) {
  const Router router = router_of({"GET /tree/{ref}/{path...}"});
  const auto path_of = [&](std::string_view target) {
    return match(router, "GET", target).args.at(1).second;
  };
  EXPECT_EQ(path_of("/tree/main/src/a.py"), "src/a.py");
  EXPECT_EQ(path_of("/tree/main/src/"), "src/");
  EXPECT_EQ(path_of("/tree/main/"), "");
  EXPECT_EQ(path_of("/tree/main"), "");
  EXPECT_EQ(match(router, "GET", "/tree/feature%2Fx/a").args.at(0).second, "feature/x");
}

TEST(Router, APartOfASegmentCanBeCaptured) {
  const Router router = router_of({"POST /{owner}/{repository}.git/{path...}"});
  EXPECT_THAT(
      match(router, "POST", "/li/a.b.git/git-upload-pack").args,
      ElementsAre(Pair("owner", "li"), Pair("repository", "a.b"), Pair("path", "git-upload-pack")));
}

TEST(Router, ACaptureIsNeverEmpty) {
  const Router router = router_of({"GET /a/{b}", "GET /c/{d}/e"});
  EXPECT_EQ(found(router, "GET", "/a/"), "none");
  EXPECT_EQ(found(router, "GET", "/c//e"), "none");
}

TEST(Router, ATrailingSlashIsAnotherPath) {
  const Router router = router_of({"GET /a", "GET /b/"});
  EXPECT_EQ(found(router, "GET", "/a/"), "none");
  EXPECT_EQ(found(router, "GET", "/b/"), "/b/");
}

TEST(Router, SaysWhichMethodsAPathKnows) {
  const Router router = router_of({"GET /a/{b}", "DELETE /a/{b}", "POST /a/b", "GET /other"});
  EXPECT_THAT(match(router, "PUT", "/a/b").allowed, ElementsAre("DELETE", "GET", "HEAD", "POST"));
  EXPECT_THAT(match(router, "PUT", "/nowhere").allowed, ElementsAre());
}

TEST(Router, AMethodMayBeFoundUnderALessLiteralPattern) {
  const Router router = router_of({"POST /a/b", "GET /a/{c}"});
  EXPECT_EQ(found(router, "GET", "/a/b"), "/a/{c}");
  EXPECT_EQ(found(router, "POST", "/a/b"), "/a/b");
}

TEST(Router, HeadIsAnsweredByGetUnlessItHasItsOwnRoute) {
  const Router router = router_of({"GET /a", "GET /b", "HEAD /b"});
  EXPECT_EQ(match(router, "HEAD", "/a").route->method, "GET");
  EXPECT_EQ(match(router, "HEAD", "/b").route->method, "HEAD");
}

TEST(Router, RefusesRoutesThatCouldAnswerTheSameRequest) {
  EXPECT_THAT(refusal_of({"GET /a/{b}", "GET /a/{c}"}), HasSubstr("/a/{b}"));
  EXPECT_THAT(refusal_of({"GET /a", "GET /a"}), HasSubstr("same requests"));
  EXPECT_THAT(refusal_of({"GET /{a...}", "GET /{b...}"}), HasSubstr("same requests"));
  EXPECT_THAT(refusal_of({"GET /x{a}", "GET /{b}.git"}), HasSubstr("same request"));
  EXPECT_EQ(refusal_of({"GET /a/{b}", "PUT /a/{c}", "GET /{d}.git", "GET /{e}.info.git"}),
            "accepted");
}

TEST(Router, OfTwoPartsTheLongerWins) {
  for (const auto& lines : {std::vector<std::string>{"GET /{a}.git", "GET /{b}.info.git"},
                            std::vector<std::string>{"GET /{b}.info.git", "GET /{a}.git"}}) {
    const Router router = router_of(lines);
    EXPECT_EQ(found(router, "GET", "/x.info.git"), "/{b}.info.git");
    EXPECT_EQ(found(router, "GET", "/x.git"), "/{a}.git");
  }
}

TEST(Router, RefusesPatternsThatAreWrong) {
  for (const char* pattern : {"a", "/a//b", "/{", "/}", "/{}", "/{a}{b}", "/{a}/{a}", "/{a...}/b",
                              "/x{a...}", "/{...}"}) {
    EXPECT_THAT(refusal_of({std::string("GET ") + pattern}), HasSubstr("is wrong")) << pattern;
  }
}

TEST(Router, ManyOverlappingPatternsStayQuick) {
  std::vector<std::string> lines;
  std::string literal = "GET ";
  for (int depth = 0; depth < 20; ++depth) literal += "/a";
  for (int depth = 0; depth < 20; ++depth) {
    std::string line = literal;
    line.replace(4 + static_cast<std::size_t>(depth) * 2, 2, "/{x}");
    lines.push_back(line + "/end");
  }
  const Router router = router_of(lines);
  std::string path;
  for (int depth = 0; depth < 20; ++depth) path += "/a";
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(found(router, "GET", path + "/nowhere"), "none");
}

}  // namespace
}  // namespace cloudbrain::http
