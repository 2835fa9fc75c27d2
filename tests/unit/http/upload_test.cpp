// Bodies that stream in.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/hash.h"
#include "support.h"

namespace cloudbrain::http {
namespace {

using testing::HasSubstr;

// What the sinks of a test saw.
struct Seen {
  std::mutex mutex;
  std::string body;
  int made = 0;
  int finished = 0;
  int destroyed = 0;
  std::size_t largest = 0;

  int count(int Seen::* which) {
    const std::lock_guard lock(mutex);
    return this->*which;
  }
  std::string text() {
    const std::lock_guard lock(mutex);
    return body;
  }
};

class SeenSink final : public Sink {
 public:
  explicit SeenSink(Seen& seen) : seen_(seen) {
    const std::lock_guard lock(seen_.mutex);
    ++seen_.made;
  }
  ~SeenSink() override {
    const std::lock_guard lock(seen_.mutex);
    ++seen_.destroyed;
  }
  void write(std::span<const char> bytes) override {
    const std::lock_guard lock(seen_.mutex);
    seen_.body.append(bytes.data(), bytes.size());
    seen_.largest = std::max(seen_.largest, bytes.size());
  }
  Response finish() override {
    const std::lock_guard lock(seen_.mutex);
    ++seen_.finished;
    return Response::text(std::to_string(seen_.body.size()), "text/plain", 201);
  }

 private:
  Seen& seen_;
};

// Hashes and counts, keeps nothing.
class HashSink final : public Sink {
 public:
  void write(std::span<const char> bytes) override { hash_.update(bytes); }
  Response finish() override { return Response::text(hash_.finish(), "text/plain"); }

 private:
  Sha256 hash_;
};

// A program's standard input, its output the answer: how git's back end is driven.
class ProgramSink final : public Sink {
 public:
  explicit ProgramSink(const std::vector<std::string>& argv)
      : child_(ChildProcess::start({.argv = argv}, {.input = true, .output = true})) {}
  void write(std::span<const char> bytes) override {
    write_all(child_.input().get(), bytes, "program");
  }
  Response finish() override {
    child_.input().reset();
    Fd output = std::move(child_.output());
    return Response::pipe({std::move(output), "", std::move(child_), {}}, "text/plain");
  }

 private:
  ChildProcess child_;
};

Route seen_route(Seen& seen) {
  return {"PUT", "/upload", [&seen](const Request& request) -> std::unique_ptr<Sink> {
            if (request.header("Authorization") == "no") {
              throw Error(ErrorKind::denied, "not_yours", {"Not yours.", "无权限。"});
            }
            return std::make_unique<SeenSink>(seen);
          }};
}

constexpr std::string_view kHead = "PUT /upload HTTP/1.1\r\nHost: x\r\n";

TEST(Upload, ABodyOfKnownLengthArrivesWhole) {
  Seen seen;
  const auto server = serve({seen_route(seen)});
  Peer peer(server->port());
  peer.send(fmt::format("{}Content-Length: 11\r\n\r\nhello ", kHead)).send("world");
  const Peer::Answer answer = peer.answer();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "11");
  EXPECT_EQ(seen.text(), "hello world");
  EXPECT_EQ(seen.count(&Seen::finished), 1);
  EXPECT_TRUE(eventually([&] { return seen.count(&Seen::destroyed) == 1; }));
}

TEST(Upload, AChunkedBodyArrivesWholeAndTheConnectionGoesOn) {
  Seen seen;
  const auto server = serve({seen_route(seen)});
  Peer peer(server->port());
  for (int i = 0; i < 3; ++i) {
    peer.send(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n5\r\nhel", kHead));
    peer.send("lo\r\n6;a=b\r\n world\r\n0\r\n\r\n");
    EXPECT_EQ(peer.answer().status, 201);
  }
  EXPECT_EQ(seen.text(), "hello worldhello worldhello world");
}

TEST(Upload, AnEmptyBodyIsFinishedToo) {
  Seen seen;
  const auto server = serve({seen_route(seen)});
  Peer peer(server->port());
  EXPECT_EQ(peer.send(fmt::format("{}\r\n", kHead)).answer().body, "0");
  EXPECT_EQ(peer.send(fmt::format("{}Content-Length: 0\r\n\r\n", kHead)).answer().body, "0");
  EXPECT_EQ(
      peer.send(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", kHead)).answer().body,
      "0");
}

TEST(Upload, UploadsAndTheNextRequestMayBePipelined) {
  Seen seen;
  const auto server = serve({seen_route(seen), {"GET", "/", says("next")}});
  Peer peer(server->port());
  peer.send(fmt::format("{}Content-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: x\r\n\r\n", kHead));
  EXPECT_EQ(peer.answer().body, "3");
  EXPECT_EQ(peer.answer().body, "next");
}

TEST(Upload, WhoeverWaitsForContinueGetsItAfterTheHandlerAgreed) {
  Seen seen;
  const auto server = serve({seen_route(seen)});
  Peer peer(server->port());
  peer.send(fmt::format("{}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", kHead));
  ASSERT_TRUE(peer.reads("HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_EQ(seen.count(&Seen::made), 1);
  EXPECT_EQ(peer.send("abc").answer().status, 201);
}

TEST(Upload, ARefusalComesBeforeTheBodyAndCloses) {
  Seen seen;
  const auto server = serve({seen_route(seen)});
  Peer peer(server->port());
  peer.send(fmt::format(
      "{}Content-Length: 9000000000\r\nExpect: 100-continue\r\nAuthorization: no\r\n\r\n", kHead));
  const Peer::Answer answer = peer.answer();
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.headers.at("connection"), "close");
  peer.end_sending();
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(seen.count(&Seen::made), 0);
}

TEST(Upload, TheRoutesLimitHoldsForChunksToo) {
  Seen seen;
  Route route = seen_route(seen);
  route.body_limit = 10;
  const auto server = serve({std::move(route)});
  EXPECT_EQ(
      Peer(server->port()).send(fmt::format("{}Content-Length: 11\r\n\r\n", kHead)).answer().status,
      413);
  EXPECT_EQ(seen.count(&Seen::made), 0);
  Peer peer(server->port());
  peer.send(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n", kHead));
  peer.send("6\r\nabcdef\r\n");
  EXPECT_EQ(peer.answer().status, 413);
  EXPECT_TRUE(eventually([&] { return seen.count(&Seen::destroyed) == 1; }));
  EXPECT_EQ(seen.count(&Seen::finished), 0);
}

TEST(Upload, AClientThatVanishesDestroysTheSinkUnfinished) {
  Seen seen;
  FinishedList finished;
  ServerOptions options;
  options.on_finished = finished.hook();
  const auto server = serve({seen_route(seen)}, std::move(options));
  {
    Peer peer(server->port());
    peer.send(fmt::format("{}Content-Length: 100\r\n\r\nabc", kHead));
    ASSERT_TRUE(eventually([&] { return seen.text() == "abc"; }));
    peer.vanish();
  }
  EXPECT_TRUE(eventually([&] { return seen.count(&Seen::destroyed) == 1; }));
  EXPECT_EQ(seen.count(&Seen::finished), 0);
  EXPECT_FALSE(finished.wait_for(1).at(0).complete);
}

TEST(Upload, ABodyThatEndsEarlyDestroysTheSinkUnfinished) {
  Seen seen;
  const auto server = serve({seen_route(seen)});
  Peer peer(server->port());
  peer.send(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", kHead));
  peer.end_sending();
  EXPECT_TRUE(peer.is_closed());
  EXPECT_TRUE(eventually([&] { return seen.count(&Seen::destroyed) == 1; }));
  EXPECT_EQ(seen.count(&Seen::finished), 0);
}

TEST(Upload, BrokenChunksInTheMiddleAre400AndDestroyTheSink) {
  Seen seen;
  const auto server = serve({seen_route(seen)});
  Peer peer(server->port());
  peer.send(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", kHead));
  EXPECT_EQ(peer.answer().status, 400);
  EXPECT_TRUE(eventually([&] { return seen.count(&Seen::destroyed) == 1; }));
  EXPECT_EQ(seen.count(&Seen::finished), 0);
}

TEST(Upload, AnErrorOfTheSinkIsTheAnswer) {
  class FullSink final : public Sink {
    void write(std::span<const char> /*bytes*/) override {
      throw Error(ErrorKind::no_space, "disk_full", {"The disk is full.", "磁盘已满。"});
    }
    Response finish() override { return Response::empty(); }
  };
  const auto server = serve({{"PUT", "/upload", [](const Request&) -> std::unique_ptr<Sink> {
                                return std::make_unique<FullSink>();
                              }}});
  Peer peer(server->port());
  peer.send(fmt::format("{}Content-Length: 90000000\r\n\r\n", kHead));
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 100; ++i) peer.send(piece);
  EXPECT_EQ(peer.answer().status, 507);
}

TEST(Upload, TheRequestOutlivesItsSink) {
  class LateSink final : public Sink {
   public:
    explicit LateSink(const Request& request) : request_(request) {}
    void write(std::span<const char> /*bytes*/) override {}
    Response finish() override {
      return Response::text(request_.arg("name") + std::string(*request_.query("q")), "text/plain");
    }

   private:
    const Request& request_;
  };
  const auto server =
      serve({{"PUT", "/{name}", [](const Request& request) -> std::unique_ptr<Sink> {
                return std::make_unique<LateSink>(request);
              }}});
  Peer peer(server->port());
  peer.send("PUT /abc?q=def HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n").send("xyz");
  EXPECT_EQ(peer.answer().body, "abcdef");
}

TEST(Upload, CurlSendsALargeFileThroughLittleMemory) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "big";
  make_file(file, 64U << 20U);
  const auto server = serve({{"PUT", "/upload", [](const Request&) -> std::unique_ptr<Sink> {
                                return std::make_unique<HashSink>();
                              }}});
  const std::string expected =
      run_process({.argv = {"sha256sum", file.native()}}).output.substr(0, 64);
  EXPECT_EQ(curl({"-T", file.native(), url(*server, "/upload")}), expected);
  const std::size_t before = resident_bytes();
  EXPECT_EQ(
      curl({"-T", file.native(), "-H", "Transfer-Encoding: chunked", url(*server, "/upload")}),
      expected);
  if (kMemoryTells) {
    EXPECT_LT(resident_bytes(), before + (4U << 20U));
  }
}

TEST(Upload, AProgramReadsTheBodyAndWritesTheAnswer) {
  const auto server =
      serve({{"POST", "/sort", [](const Request&) -> std::unique_ptr<Sink> {
                return std::make_unique<ProgramSink>(std::vector<std::string>{"sort"});
              }}});
  std::string lines;
  for (int i = 200'000; i > 0; --i) lines += fmt::format("{:08}\n", i);
  Peer peer(server->port());
  peer.send(
      fmt::format("POST /sort HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", lines.size()));
  peer.send(lines);
  const Peer::Answer answer = peer.answer();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.size(), lines.size());
  EXPECT_EQ(answer.body.substr(0, 18), "00000001\n00000002\n");
}

TEST(Upload, AProgramThatStopsReadingIsAnErrorNotASignal) {
  const auto server =
      serve({{"POST", "/", [](const Request&) -> std::unique_ptr<Sink> {
                return std::make_unique<ProgramSink>(std::vector<std::string>{"true"});
              }}});
  Peer peer(server->port());
  peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 100; ++i) peer.send(piece);
  EXPECT_EQ(peer.answer().status, 500);
}

}  // namespace
}  // namespace cloudbrain::http
