// Bytes no honest client sends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "support.h"

namespace cloudbrain::http {
namespace {

using namespace std::string_view_literals;

class Hostile : public testing::Test {
 protected:
  Hostile() {
    ServerOptions options;
    options.head_timeout = std::chrono::milliseconds(200);
    options.idle_timeout = std::chrono::milliseconds(200);
    options.stall_timeout = std::chrono::milliseconds(300);
    options.on_finished = finished_.hook();
    server_ =
        serve({{"GET", "/", says("hello")},
               {"POST", "/",
                [](const Request& request) { return Response::text(request.body, "text/plain"); }},
               {"POST", "/tiny", says("ok"), 10},
               {"GET", "/smuggled", says("smuggled")}},
              std::move(options));
  }

  // The status of the answer, which has to be the last thing on the connection.
  int refused(std::string_view bytes) {
    Peer peer(server_->port());
    const Peer::Answer answer = peer.send(bytes).answer();
    peer.end_sending();
    EXPECT_EQ(peer.rest(), "") << bytes.substr(0, 200);
    return answer.status;
  }

  FinishedList finished_;
  std::unique_ptr<Server> server_;
};

TEST_F(Hostile, HeadsThatAreNoneAre400) {
  for (const std::string_view head : {
           "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  // a TLS hello
           "GET\r\n\r\n",
           "GET /\r\n\r\n",
           " GET / HTTP/1.1\r\nHost: x\r\n\r\n",
           "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
           "GET / HTTP/1.1\nHost: x\n\n",
           "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n",
           "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /%FF HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET nothing HTTP/1.1\r\nHost: x\r\n\r\n",
           "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
       }) {
    const int status = refused(head);
    EXPECT_TRUE(status == 400 || status == 505) << status << " for " << head;
  }
}

TEST_F(Hostile, AHeadWithANulIsRefused) {
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n"sv), 400);
}

TEST_F(Hostile, OtherVersionsAre505) {
  EXPECT_EQ(refused("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

// Each of these, let through, would hide a second request from somebody.
TEST_F(Hostile, TwoReadingsOfABodysLengthAreRefused) {
  const std::string_view smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::string_view framing : {
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: -5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: 5 5\r\n",
           "Content-Length:\r\n",
           "Content-Length: 99999999999999999999999\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked, identity\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: gzip\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: \x0b chunked\r\n",
           "Transfer-Encoding : chunked\r\n",
           "Transfer-Encoding:\r\n",
       }) {
    const int status =
        refused(fmt::format("POST / HTTP/1.1\r\nHost: x\r\n{}\r\n0\r\n\r\n{}", framing, smuggled));
    EXPECT_TRUE(status == 400 || status == 501) << status << " for " << framing;
  }
  EXPECT_EQ(refused(fmt::format("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{}",
                                smuggled)),
            400);
}

TEST_F(Hostile, ChunksThatAreNoneAre400) {
  for (const std::string_view body :
       {"x\r\nab", "-1\r\nab", "5\r\nabcdefg\r\n", "fffffffffffffffff\r\n", "5\nabcde\r\n",
        "0x5\r\n\r\n", "5 \r\nabcde\r\nzz\r\n", "3\r\nabcX\r\n0\r\n\r\n"}) {
    const int status = refused(
        fmt::format("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{}", body));
    EXPECT_EQ(status, 400) << body;
  }
}

TEST_F(Hostile, AChunkHeadWithoutEndIsRefused) {
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;" +
                    std::string(100'000, 'x')),
            400);
}

TEST_F(Hostile, TrailersWithoutEndAreRefused) {
  std::string body = "0\r\n";
  for (int i = 0; i < 2000; ++i) body += fmt::format("Trailer-{}: value\r\n", i);
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body),
            400);
}

TEST_F(Hostile, WhatIsTooLongHasItsOwnStatus) {
  const std::string long_name(9000, 'a');
  EXPECT_EQ(refused(fmt::format("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", long_name)), 414);
  EXPECT_EQ(refused("GET /" + std::string(100'000, 'a')), 414);
  EXPECT_EQ(
      refused(fmt::format("GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", std::string(20'000, 'a'))),
      431);
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 2000; ++i) many += fmt::format("H{}: value\r\n", i);
  EXPECT_EQ(refused(many), 431);
}

TEST_F(Hostile, ManySmallFieldsOneByOneDoNotPassTheHeadLimit) {
  Peer peer(server_->port());
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n");
  for (int i = 0; i < 2000; ++i) peer.send("A: 0123456789\r\n");
  EXPECT_EQ(peer.answer().status, 431);
}

TEST_F(Hostile, ABodyOverTheRoutesLimitIs413BeforeItIsRead) {
  EXPECT_EQ(refused("POST /tiny HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n"), 413);
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000\r\n\r\n"), 413);
  EXPECT_EQ(refused("POST /tiny HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "b\r\n01234567890\r\n0\r\n\r\n"),
            413);
  Peer peer(server_->port());
  peer.send("POST /tiny HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789");
  EXPECT_EQ(peer.answer().status, 200);
}

TEST_F(Hostile, AnUnknownExpectationIs417) {
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n"),
            417);
}

TEST_F(Hostile, TheAnswerReachesAClientThatGoesOnSending) {
  Peer peer(server_->port());
  peer.send("POST /tiny HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n");
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 80; ++i) peer.send(piece);
  EXPECT_EQ(peer.answer().status, 413);
}

TEST_F(Hostile, ASlowHeadIsCutOffHoweverRegularItsBytes) {
  Peer peer(server_->port());
  peer.send("GET / HTTP/1.1\r\nHost: x\r\nA: ");
  const auto started = std::chrono::steady_clock::now();
  EXPECT_TRUE(eventually([&] {
    peer.send("b");
    pollfd wait{peer.fd(), POLLIN, 0};
    return ::poll(&wait, 1, 0) > 0;
  }));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
  EXPECT_EQ(peer.answer().status, 408);
}

TEST_F(Hostile, ASilentConnectionIsClosedWithoutAWord) {
  Peer peer(server_->port());
  EXPECT_EQ(peer.rest(), "");
}

TEST_F(Hostile, AStalledBodyIs408) {
  Peer peer(server_->port());
  peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(peer.answer().status, 408);
  EXPECT_TRUE(peer.is_closed());
}

TEST_F(Hostile, AClientThatReadsNothingIsCutOff) {
  FinishedList finished;
  ServerOptions options;
  options.stall_timeout = std::chrono::milliseconds(200);
  options.on_finished = finished.hook();
  const auto server = serve({{"GET", "/", says(std::string(50U << 20U, 'x'))}}, std::move(options));
  Peer peer(server->port());
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto entries = finished.wait_for(1);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_FALSE(entries[0].complete);
}

TEST_F(Hostile, ABodyCutShortIsReportedAndForgotten) {
  Peer peer(server_->port());
  peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  peer.end_sending();
  EXPECT_EQ(peer.rest(), "");
  const auto entries = finished_.wait_for(1);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].status, 0);
  EXPECT_FALSE(entries[0].complete);
  EXPECT_EQ(Peer(server_->port()).get("/").status, 200);
}

}  // namespace
}  // namespace cloudbrain::http
