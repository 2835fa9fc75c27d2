// Sources: bodies that grow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/error.h"
#include "support.h"

namespace cloudbrain::http {
namespace {

// A board that sources show: text is put up, followers are woken.
class Board {
 public:
  class Follower;

  void put(std::string_view text, bool last = false) {
    const std::lock_guard lock(mutex_);
    text_ += text;
    ended_ = ended_ || last;
    for (const auto& [follower, wake] : wakes_) wake();
  }
  std::size_t followers() {
    const std::lock_guard lock(mutex_);
    return wakes_.size();
  }
  Handler handler();

 private:
  friend class Follower;
  std::mutex mutex_;
  std::string text_;
  bool ended_ = false;
  std::map<Follower*, std::function<void()>> wakes_;
};

class Board::Follower final : public Source {
 public:
  explicit Follower(Board& board) : board_(board) {}
  ~Follower() override {
    const std::lock_guard lock(board_.mutex_);
    board_.wakes_.erase(this);
  }
  void on_ready(std::function<void()> wake) override {
    const std::lock_guard lock(board_.mutex_);
    board_.wakes_[this] = std::move(wake);
  }
  Step read(std::string& out) override {
    EXPECT_FALSE(reading_.exchange(true)) << "two reads at once";
    const std::lock_guard lock(board_.mutex_);
    const std::string_view fresh = std::string_view(board_.text_).substr(at_, 1000);
    out += fresh;
    at_ += fresh.size();
    reading_ = false;
    if (at_ < board_.text_.size()) return Step::more;
    return board_.ended_ ? Step::end : Step::wait;
  }

 private:
  Board& board_;
  std::size_t at_ = 0;
  std::atomic<bool> reading_{false};
};

Handler Board::handler() {
  return [this](const Request&) { return Response::events(std::make_unique<Follower>(*this)); };
}

// A body of `size` bytes that never waits; throws at the end if told to.
class Steady final : public Source {
 public:
  explicit Steady(std::uint64_t size, bool fails = false) : left_(size), fails_(fails) {}
  Step read(std::string& out) override {
    if (left_ == 0 && fails_) throw Error(ErrorKind::internal, "torn", {"Torn.", "中断。"});
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, 100'000));
    out.append(count, 'x');
    left_ -= count;
    return left_ == 0 && !fails_ ? Step::end : Step::more;
  }

 private:
  std::uint64_t left_;
  bool fails_;
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(Events, AreFramedLineByLine) {
  std::string out;
  append_event(out, "one\ntwo\r\nthree\rfour", "log", "17");
  append_event(out, "");
  EXPECT_EQ(out, "event: log\nid: 17\ndata: one\ndata: two\ndata: three\ndata: four\n\ndata: \n\n");
}

TEST(Sources, WhatIsPutUpReachesEveryFollowerAtOnce) {
  Board board;
  const auto server = serve({{"GET", "/", board.handler()}});
  Peer first(server->port());
  Peer second(server->port());
  first.send(kGet);
  second.send(kGet);
  EXPECT_TRUE(first.reads("Content-Type: text/event-stream\r\n"));
  EXPECT_TRUE(first.reads("X-Accel-Buffering: no\r\n"));
  for (int i = 0; i < 200; ++i) {
    const std::string line = fmt::format("line {}.\n", i);
    board.put(line);
    EXPECT_TRUE(first.reads(line));
    EXPECT_TRUE(second.reads(line));
  }
  board.put("last", true);
  EXPECT_TRUE(first.reads("last\r\n0\r\n\r\n"));
  EXPECT_TRUE(second.reads("0\r\n\r\n"));
  EXPECT_TRUE(eventually([&] { return board.followers() == 0; }));
}

TEST(Sources, NoWakeIsLostHoweverFastTheyCome) {
  Board board;
  const auto server = serve({{"GET", "/", board.handler()}});
  Peer peer(server->port());
  peer.send(kGet);
  std::string expected;
  for (int i = 0; i < 50'000; ++i) {
    const std::string line = fmt::format("{}\n", i);
    expected += line;
    board.put(line);
  }
  board.put("", true);
  const Peer::Answer answer = peer.answer();
  EXPECT_TRUE(answer.complete);
  EXPECT_TRUE(answer.body == expected) << answer.body.size() << " bytes of " << expected.size();
}

TEST(Sources, AFollowerThatLeavesIsForgottenAtOnce) {
  Board board;
  const auto server = serve({{"GET", "/", board.handler()}});
  {
    Peer peer(server->port());
    peer.send(kGet);
    ASSERT_TRUE(peer.reads("\r\n\r\n"));
    ASSERT_TRUE(eventually([&] { return board.followers() == 1; }));
    board.put("text");
    ASSERT_TRUE(peer.reads("text"));
  }
  EXPECT_TRUE(eventually([&] { return board.followers() == 0; }));
}

TEST(Sources, SilenceIsFilledWithComments) {
  Board board;
  ServerOptions options;
  options.keep_alive_comment = std::chrono::milliseconds(50);
  const auto server = serve({{"GET", "/", board.handler()}}, std::move(options));
  Peer peer(server->port());
  peer.send(kGet);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(peer.reads("3\r\n:\n\n\r\n"));
  board.put("text", true);
  EXPECT_TRUE(peer.reads("4\r\ntext\r\n0\r\n\r\n"));
}

TEST(Sources, TheNextRequestWaitsForTheEndOfTheStream) {
  Board board;
  const auto server = serve({{"GET", "/", board.handler()}, {"GET", "/next", says("next")}});
  Peer peer(server->port());
  peer.send(kGet);
  ASSERT_TRUE(peer.reads("\r\n\r\n"));
  peer.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  board.put("text", true);
  ASSERT_TRUE(peer.reads("text\r\n0\r\n\r\n"));
  EXPECT_EQ(peer.answer().body, "next");
}

TEST(Sources, AThousandIdleFollowersCostAtMostEightMegabytes) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  Board board;
  const auto server = serve({{"GET", "/", board.handler()}});
  const auto follow = [&](std::vector<std::unique_ptr<Peer>>& into, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      into.push_back(std::make_unique<Peer>(server->port()));
      into.back()->send(
          "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a browser with a rather long name\r\n"
          "Cookie: session=0123456789012345678901234567890123456789\r\n\r\n");
      ASSERT_TRUE(into.back()->reads("text"));
    }
  };
  board.put("text");
  std::vector<std::unique_ptr<Peer>> peers;
  follow(peers, 50);  // what a first request costs is not counted
  const std::size_t before = resident_bytes();
  follow(peers, 1000);
  const std::size_t cost = resident_bytes() - before;
  RecordProperty("bytes_per_follower", static_cast<int>(cost / 1000));
  if (kMemoryTells) {
    EXPECT_LT(cost, 8U << 20U);
  }
  board.put("news");
  for (const auto& peer : peers) EXPECT_TRUE(peer->reads("news"));
}

TEST(Sources, ASourceThatNeverWaitsStreamsThroughLittleMemory) {
  const auto server =
      serve({{"GET", "/", [](const Request&) {
                return Response::stream(std::make_unique<Steady>(100U << 20U), "application/zip");
              }}});
  const std::string size = curl({"-o", "/dev/null", "-w", "%{size_download}", url(*server, "/")});
  EXPECT_EQ(size, std::to_string(100U << 20U));
}

TEST(Sources, AKnownSizeIsSentAsContentLengthAndHeldTo) {
  const auto server =
      serve({{"GET", "/{said}/{real}", [](const Request& request) {
                return Response::stream(std::make_unique<Steady>(std::stoull(request.arg("real"))),
                                        "application/zip", std::stoull(request.arg("said")));
              }}});
  Peer right(server->port());
  const Peer::Answer answer = right.get("/300000/300000");
  EXPECT_EQ(answer.headers.at("content-length"), "300000");
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(right.get("/5/5").body, "xxxxx");
  EXPECT_FALSE(Peer(server->port()).get("/300000/200000").complete);
  EXPECT_FALSE(Peer(server->port()).get("/250000/300000").complete);
}

TEST(Sources, AFailureInTheMiddleCutsTheBodyShort) {
  const auto server = serve(
      {{"GET", "/{size}", [](const Request& request) {
          return Response::stream(std::make_unique<Steady>(std::stoull(request.arg("size")), true),
                                  "application/zip");
        }}});
  const Peer::Answer answer = Peer(server->port()).get("/1000");
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.complete);
  EXPECT_EQ(Peer(server->port()).get("/0").status, 500);
}

TEST(Sources, HeadDoesNotReadThem) {
  Board board;
  const auto server = serve({{"GET", "/", board.handler()}});
  Peer peer(server->port());
  EXPECT_EQ(peer.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").answer(true).status, 200);
  EXPECT_EQ(board.followers(), 0U);
}

}  // namespace
}  // namespace cloudbrain::http
