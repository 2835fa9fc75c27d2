// What a running server answers to well-meant requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "base/error.h"
#include "base/json.h"
#include "support.h"

namespace cloudbrain::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Handler throws(ErrorKind kind) {
  return [kind](const Request&) -> Response {
    throw Error(kind, "some_code", {"the english detail", "中文说明"}, {"do this", "这样做"});
  };
}

json::object problem_in(const Peer::Answer& answer) {
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  return parse_json(answer.body).as_object();
}

TEST(Answering, AHandlerSeesTheWholeRequest) {
  const auto server = serve(
      {{"POST", "/{owner}/{path...}", [](const Request& request) {
          return Response::text(fmt::format("{}|{}|{}|{}|{}|{}", request.method, request.path,
                                            request.arg("path"), request.query("q").value_or("-"),
                                            request.header("x-a").value_or("-"), request.body),
                                "text/plain", 201);
        }}});
  Peer peer(server->port());
  peer.send(
      "POST /li/a%20b/c?q=%E4%BD%A0 HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nContent-Length: "
      "5\r\n\r\nhello");
  const Peer::Answer answer = peer.answer();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "POST|/li/a b/c|a b/c|你|1|hello");
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain");
  EXPECT_EQ(answer.headers.at("content-length"), std::to_string(answer.body.size()));
  EXPECT_TRUE(answer.headers.contains("date"));
  EXPECT_TRUE(answer.headers.contains("x-request-id"));
}

TEST(Answering, OneConnectionCarriesManyRequests) {
  const auto server = serve({{"GET", "/{n}", [](const Request& request) {
                                return Response::text(request.arg("n"), "text/plain");
                              }}});
  Peer peer(server->port());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(peer.get(fmt::format("/{}", i)).body, std::to_string(i));
  }
}

TEST(Answering, PipelinedRequestsAreAnsweredInOrder) {
  const auto server =
      serve({{"POST", "/{n}", [](const Request& request) {
                return Response::text(request.arg("n") + request.body, "text/plain");
              }}});
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += fmt::format("POST /{} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", i);
  }
  Peer peer(server->port());
  peer.send(all);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(peer.answer().body, fmt::format("{}ab", i));
}

TEST(Answering, RequestsInPiecesOfOneByteAreUnderstood) {
  const auto server = serve({{"POST", "/a", [](const Request& request) {
                                return Response::text(request.body, "text/plain");
                              }}});
  Peer peer(server->port());
  const std::string_view request =
      "\r\nPOST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n";
  for (const char c : request) peer.send({&c, 1});
  EXPECT_EQ(peer.answer().body, "abcde");
  EXPECT_EQ(peer.send("POST /a HTTP/1.1\r\nHost: x\r\n\r\n").answer().status, 200);
}

TEST(Answering, HttpOneZeroClosesUnlessAskedToStay) {
  const auto server = serve({{"GET", "/", says("hello")}});
  Peer closing(server->port());
  const Peer::Answer first = closing.send("GET / HTTP/1.0\r\n\r\n").answer();
  EXPECT_EQ(first.body, "hello");
  EXPECT_EQ(first.headers.at("connection"), "close");
  EXPECT_TRUE(closing.is_closed());

  Peer staying(server->port());
  const std::string_view request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(staying.send(request).answer().headers.at("connection"), "keep-alive");
  EXPECT_EQ(staying.send(request).answer().body, "hello");
}

TEST(Answering, ConnectionCloseIsDone) {
  const auto server = serve({{"GET", "/", says("hello")}});
  Peer peer(server->port());
  EXPECT_EQ(peer.get("/", "Connection: close\r\n").headers.at("connection"), "close");
  EXPECT_TRUE(peer.is_closed());
}

TEST(Answering, HeadHasTheHeadersOfGetAndNoBody) {
  const auto server = serve({{"GET", "/", says("hello")}});
  Peer peer(server->port());
  const Peer::Answer answer = peer.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").answer(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-length"), "5");
  EXPECT_EQ(peer.get("/").body, "hello");
}

TEST(Answering, AnUnknownPathIs404AndAnUnknownMethod405WithAllow) {
  const auto server = serve({{"GET", "/a", says("hello")}, {"PUT", "/a", says("hello")}});
  Peer peer(server->port());
  EXPECT_EQ(peer.get("/b").status, 404);
  const Peer::Answer answer = peer.send("POST /a HTTP/1.1\r\nHost: x\r\n\r\n").answer();
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, PUT, OPTIONS");
}

TEST(Answering, OptionsIsAnsweredByItself) {
  const auto server = serve({{"GET", "/a", says("hello")}});
  Peer peer(server->port());
  const Peer::Answer answer = peer.send("OPTIONS /a HTTP/1.1\r\nHost: x\r\n\r\n").answer();
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, OPTIONS");
  EXPECT_FALSE(answer.headers.contains("content-length"));
  EXPECT_EQ(peer.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").answer().status, 204);
}

TEST(Answering, TheFallbackAnswersWhatNoRouteMatches) {
  const auto server = serve({{"GET", "/api", says("api")}}, {}, [](const Request& request) {
    if (request.path.starts_with("/api/")) {
      throw Error(ErrorKind::missing, "no_such_route", {"No.", "无。"});
    }
    return Response::text("page " + request.path, "text/html");
  });
  Peer peer(server->port());
  EXPECT_EQ(peer.get("/li/mnist").body, "page /li/mnist");
  EXPECT_EQ(peer.get("/api/nothing").status, 404);
  EXPECT_EQ(peer.send("DELETE /api HTTP/1.1\r\nHost: x\r\n\r\n").answer().status, 405);
}

TEST(Answering, AnETagThatMatchesIs304) {
  const auto server = serve({{"GET", "/", [](const Request&) {
                                Response response = Response::json("{}");
                                response.headers.set("ETag", "\"v1\"");
                                return response;
                              }}});
  Peer peer(server->port());
  const Peer::Answer answer = peer.get("/", "If-None-Match: \"v1\"\r\n");
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.headers.at("etag"), "\"v1\"");
  EXPECT_EQ(peer.get("/", "If-None-Match: \"v2\"\r\n").body, "{}");
}

TEST(Problems, EveryKindHasItsStatus) {
  const std::vector<std::pair<ErrorKind, int>> statuses{
      {ErrorKind::invalid, 422},   {ErrorKind::malformed, 400}, {ErrorKind::unsigned_in, 401},
      {ErrorKind::denied, 403},    {ErrorKind::missing, 404},   {ErrorKind::conflict, 409},
      {ErrorKind::too_large, 413}, {ErrorKind::busy, 429},      {ErrorKind::unavailable, 503},
      {ErrorKind::no_space, 507},  {ErrorKind::internal, 500}};
  std::vector<Route> routes;
  for (const auto& [kind, status] : statuses) {
    routes.push_back({"GET", fmt::format("/{}", status), throws(kind)});
  }
  const auto server = serve(std::move(routes));
  Peer peer(server->port());
  for (const auto& [kind, status] : statuses) {
    const Peer::Answer answer = peer.get(fmt::format("/{}", status));
    EXPECT_EQ(answer.status, status);
    const json::object problem = problem_in(answer);
    EXPECT_EQ(problem.at("status"), status);
    EXPECT_EQ(problem.at("request_id").as_string(), answer.headers.at("x-request-id"));
    EXPECT_EQ(answer.headers.contains("retry-after"), status == 503 || status == 429);
    EXPECT_EQ(answer.headers.contains("www-authenticate"), status == 401);
    EXPECT_EQ(problem.at("code") == "internal", status == 500);
    EXPECT_EQ(problem.at("detail") == "the english detail", status != 500);
  }
}

TEST(Problems, SpeakTheLanguageOfTheRequest) {
  const auto server = serve({{"GET", "/", throws(ErrorKind::denied)}});
  Peer peer(server->port());
  const json::object chinese = problem_in(peer.get("/", "Accept-Language: zh-CN\r\n"));
  EXPECT_EQ(chinese.at("detail"), "中文说明");
  EXPECT_EQ(chinese.at("next"), "这样做");
  EXPECT_EQ(problem_in(peer.get("/")).at("detail"), "the english detail");
  EXPECT_EQ(problem_in(peer.get("/nothing", "Accept-Language: zh\r\n")).at("detail"),
            "/nothing 不存在。");
}

TEST(Problems, ListTheFieldsOfAForm) {
  const auto server =
      serve({{"GET", "/", [](const Request&) -> Response {
                throw Error::fields({{"name", "too_long", {"Too long.", "太长。"}},
                                     {"params[1].name", "missing", {"Missing.", "缺少。"}}});
              }}});
  const json::object problem = problem_in(Peer(server->port()).get("/"));
  EXPECT_EQ(problem.at("code"), "invalid_fields");
  const json::array& fields = problem.at("problems").as_array();
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[1].at("field"), "params[1].name");
  EXPECT_EQ(fields[1].at("code"), "missing");
  EXPECT_EQ(fields[1].at("message"), "Missing.");
}

TEST(Problems, AnUnknownExceptionTellsNothingOfItself) {
  const auto server = serve({{"GET", "/", [](const Request&) -> Response {
                                throw std::runtime_error("password=hunter2");
                              }}});
  const Peer::Answer answer = Peer(server->port()).get("/");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, Not(HasSubstr("hunter2")));
}

TEST(Problems, ARouteChoosesItsChallenge) {
  const auto server =
      serve({{"GET", "/git", throws(ErrorKind::unsigned_in), std::nullopt, "Basic realm=\"git\""},
             {"GET", "/api", throws(ErrorKind::unsigned_in)}});
  Peer peer(server->port());
  EXPECT_EQ(peer.get("/git").headers.at("www-authenticate"), "Basic realm=\"git\"");
  EXPECT_THAT(peer.get("/api").headers.at("www-authenticate"), StartsWith("Bearer"));
}

TEST(Hooks, EveryRequestIsReportedOnceByItsPattern) {
  FinishedList finished;
  ServerOptions options;
  options.on_finished = finished.hook();
  const auto server = serve({{"POST", "/tasks/{id}", says("hello")}}, std::move(options));
  Peer peer(server->port());
  peer.send("POST /tasks/7?token=secret HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
      .answer();
  peer.get("/nothing");
  peer.send("bad\r\n\r\n").answer();
  const auto entries = finished.wait_for(3);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].method + entries[0].pattern + entries[0].path, "POST/tasks/{id}/tasks/7");
  EXPECT_EQ(entries[0].status, 200);
  EXPECT_TRUE(entries[0].complete);
  EXPECT_EQ(entries[0].bytes_in, 3U);
  EXPECT_EQ(entries[0].bytes_out, 5U);
  EXPECT_EQ(entries[0].peer, "127.0.0.1");
  EXPECT_EQ(entries[1].status, 404);
  EXPECT_EQ(entries[1].pattern, "");
  EXPECT_EQ(entries[2].status, 400);
}

TEST(Hooks, HeadersAreAddedToEveryResponse) {
  ServerOptions options;
  options.add_headers = [](const Request& request, Headers& headers) {
    headers.set("Content-Security-Policy", "default-src 'self'");
    if (request.path == "/a") headers.set("X-Path", request.path);
  };
  const auto server = serve({{"GET", "/a", says("hello")}}, std::move(options));
  Peer peer(server->port());
  EXPECT_EQ(peer.get("/a").headers.at("x-path"), "/a");
  EXPECT_TRUE(peer.get("/none").headers.contains("content-security-policy"));
  EXPECT_TRUE(peer.send("bad\r\n\r\n").answer().headers.contains("content-security-policy"));
}

TEST(Admission, AFullQueueAnswers503AndRecovers) {
  Event release;
  std::atomic<int> running{0};
  ServerOptions options;
  options.worker_threads = 2;
  options.queue_limit = 3;
  const auto server = serve({{"GET", "/",
                              [&](const Request&) {
                                ++running;
                                release.wait();
                                return Response::empty();
                              }}},
                            std::move(options));
  std::vector<std::unique_ptr<Peer>> peers;
  const auto ask = [&] {
    peers.push_back(std::make_unique<Peer>(server->port()));
    peers.back()->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  };
  const auto answered = [&](const std::unique_ptr<Peer>& peer) {
    pollfd wait{peer->fd(), POLLIN, 0};
    return ::poll(&wait, 1, 0) > 0;
  };
  ask();
  ask();
  ASSERT_TRUE(eventually([&] { return running == 2; }));
  // Three may wait; which three of these five is the kernel's choice.
  for (int i = 0; i < 5; ++i) ask();
  ASSERT_TRUE(eventually([&] { return std::count_if(peers.begin(), peers.end(), answered) == 2; }));
  const auto refused = std::stable_partition(peers.begin(), peers.end(), std::not_fn(answered));
  for (auto peer = refused; peer != peers.end(); ++peer) {
    Peer::Answer answer = (*peer)->answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.headers["retry-after"], "2");
  }
  release.set();
  for (auto peer = peers.begin(); peer != refused; ++peer) EXPECT_EQ((*peer)->answer().status, 204);
  EXPECT_EQ(peers.back()->get("/").status, 204);
}

TEST(Admission, ConnectionsOverTheLimitAreTurnedAway) {
  ServerOptions options;
  options.connection_limit = 2;
  const auto server = serve({{"GET", "/", says("hello")}}, std::move(options));
  auto first = std::make_unique<Peer>(server->port());
  Peer second(server->port());
  EXPECT_EQ(first->get("/").status, 200);
  EXPECT_EQ(second.get("/").status, 200);
  Peer third(server->port());
  EXPECT_EQ(third.answer().status, 503);
  EXPECT_TRUE(third.is_closed());
  first.reset();
  EXPECT_TRUE(eventually([&] { return Peer(server->port()).get("/").status == 200; }));
}

TEST(Listening, APortInUseIsAConflictThatNamesIt) {
  const auto first = serve({});
  for (const unsigned io_threads : {1U, 2U}) {
    ServerOptions options;
    options.port = first->port();
    options.io_threads = io_threads;
    Server second(std::move(options), Router({}));
    try {
      second.start();
      FAIL() << "two servers on one port";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "port_in_use");
      EXPECT_THAT(error.message().zh, HasSubstr(std::to_string(first->port())));
    }
  }
}

TEST(Listening, AnAddressThatIsNoneIsInvalid) {
  ServerOptions options;
  options.address = "nowhere";
  Server server(std::move(options), Router({}));
  EXPECT_THROW(server.start(), Error);
}

}  // namespace
}  // namespace cloudbrain::http
