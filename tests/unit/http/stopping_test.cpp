// The end of a server.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace cloudbrain::http {
namespace {

using namespace std::chrono_literals;

class Waiting final : public Source {
 public:
  explicit Waiting(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~Waiting() override { --alive_; }
  Step read(std::string& out) override {
    if (!std::exchange(greeted_, true)) out = "data: hello\n\n";
    return Step::wait;
  }

 private:
  std::atomic<int>& alive_;
  bool greeted_ = false;
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(Stopping, IdleConnectionsDoNotHoldIt) {
  const auto server = serve({{"GET", "/", says("hello")}});
  Peer used(server->port());
  Peer fresh(server->port());
  Peer half(server->port());
  EXPECT_EQ(used.get("/").status, 200);
  half.send("GET / HT");
  const auto started = std::chrono::steady_clock::now();
  server->stop(10s);
  EXPECT_LT(std::chrono::steady_clock::now() - started, 2s);
  EXPECT_TRUE(used.is_closed() && fresh.is_closed() && half.is_closed());
}

TEST(Stopping, ARequestUnderWayIsAnswered) {
  Event running;
  Event release;
  const auto server = serve({{"GET", "/", [&](const Request&) {
                                running.set();
                                release.wait();
                                return Response::text("in time", "text/plain");
                              }}});
  Peer peer(server->port());
  peer.send(kGet);
  ASSERT_TRUE(running.wait());
  std::thread stopping([&] { server->stop(10s); });
  release.set();
  EXPECT_EQ(peer.answer().body, "in time");
  EXPECT_TRUE(peer.is_closed());
  stopping.join();
}

TEST(Stopping, SourcesThatWaitAreEndedProperly) {
  std::atomic<int> alive{0};
  const auto server = serve({{"GET", "/", [&](const Request&) {
                                return Response::events(std::make_unique<Waiting>(alive));
                              }}});
  Peer peer(server->port());
  peer.send(kGet);
  ASSERT_TRUE(peer.reads("hello\n\n\r\n"));
  server->stop(10s);
  EXPECT_EQ(peer.rest(), "0\r\n\r\n");
  EXPECT_EQ(alive, 0);
}

TEST(Stopping, WhatDoesNotEndIsCutAfterTheGrace) {
  FinishedList finished;
  ServerOptions options;
  options.on_finished = finished.hook();
  const auto server = serve({{"GET", "/", says(std::string(50U << 20U, 'x'))}}, std::move(options));
  Peer peer(server->port());
  peer.send(kGet);
  ASSERT_TRUE(peer.reads("HTTP/1.1 200 OK"));
  server->stop(100ms);
  const auto entries = finished.wait_for(1);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_FALSE(entries[0].complete);
}

TEST(Stopping, TwiceIsFineAndThePortIsFreeAfterwards) {
  auto server = serve({{"GET", "/", says("hello")}});
  const std::uint16_t port = server->port();
  EXPECT_EQ(Peer(port).get("/").status, 200);
  server->stop();
  server->stop();
  server.reset();
  ServerOptions options;
  options.port = port;
  EXPECT_EQ(Peer(serve({{"GET", "/", says("again")}}, std::move(options))->port()).fd() > 0, true);
}

}  // namespace
}  // namespace cloudbrain::http
