// Files and programs' output going out.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "base/error.h"
#include "support.h"

namespace cloudbrain::http {
namespace {

using testing::HasSubstr;

class Download : public testing::Test {
 protected:
  Download() {
    write_file_atomic(path("small"), "0123456789", Durable::no);
    ServerOptions options;
    options.on_finished = finished_.hook();
    server_ = serve({{"GET", "/{name}",
                      [this](const Request& request) {
                        return Response::file(open_file(path(request.arg("name")), O_RDONLY),
                                              "text/plain");
                      }}},
                    std::move(options));
  }

  fs::path path(std::string_view name) const { return directory_.path() / name; }

  TemporaryDirectory directory_;
  FinishedList finished_;
  std::unique_ptr<Server> server_;
};

TEST_F(Download, AFileIsSentWholeWithItsTag) {
  Peer peer(server_->port());
  const Peer::Answer answer = peer.get("/small");
  EXPECT_EQ(answer.body, "0123456789");
  EXPECT_EQ(answer.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(answer.headers.at("content-length"), "10");
  EXPECT_TRUE(answer.headers.contains("last-modified"));
  const std::string tag = answer.headers.at("etag");
  EXPECT_EQ(peer.get("/small", fmt::format("If-None-Match: {}\r\n", tag)).status, 304);
  write_file_atomic(path("small"), "9876543210", Durable::no);
  EXPECT_EQ(peer.get("/small", fmt::format("If-None-Match: {}\r\n", tag)).status, 200);
}

TEST_F(Download, APartIs206AndPastTheEnd416) {
  Peer peer(server_->port());
  const Peer::Answer part = peer.get("/small", "Range: bytes=3-5\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "345");
  EXPECT_EQ(part.headers.at("content-range"), "bytes 3-5/10");
  const Peer::Answer none = peer.get("/small", "Range: bytes=10-\r\n");
  EXPECT_EQ(none.status, 416);
  EXPECT_EQ(none.headers.at("content-range"), "bytes */10");
  EXPECT_EQ(peer.get("/small", "Range: bytes=-2\r\nIf-Range: \"other\"\r\n").body, "0123456789");
}

TEST_F(Download, HeadTellsTheSizeAndAnEmptyFileIsEmpty) {
  Peer peer(server_->port());
  EXPECT_EQ(peer.send("HEAD /small HTTP/1.1\r\nHost: x\r\n\r\n")
                .answer(true)
                .headers.at("content-length"),
            "10");
  write_file_atomic(path("empty"), "", Durable::no);
  const Peer::Answer empty = peer.get("/empty");
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.headers.at("content-length"), "0");
}

TEST_F(Download, ADirectoryIsNoFile) {
  fs::create_directory(path("folder"));
  EXPECT_EQ(Peer(server_->port()).get("/folder").status, 422);
}

TEST_F(Download, CurlGetsALargeFileInTwoPartsThroughLittleMemory) {
  make_file(path("big"), 64U << 20U);
  const std::string into = path("copy").native();
  curl({"-o", into, "--range", "0-29999999", url(*server_, "/big")});
  const std::size_t before = resident_bytes();
  curl({"-o", into, "-C", "-", url(*server_, "/big")});
  if (kMemoryTells) {
    EXPECT_LT(resident_bytes(), before + (4U << 20U));
  }
  EXPECT_TRUE(run_process({.argv = {"cmp", into, path("big").native()}}).status.ok());
}

TEST_F(Download, AFileThatIsNotInMemoryIsReadFromTheDisk) {
  make_file(path("cold"), 20U << 20U);
  const Fd fd = open_file(path("cold"), O_RDONLY);
  ::fsync(fd.get());
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  const Peer::Answer answer = Peer(server_->port()).get("/cold");
  EXPECT_TRUE(answer.body == read_file(path("cold")));
}

TEST_F(Download, AClientThatLeavesInTheMiddleHarmsNobodyElse) {
  make_file(path("big"), 40U << 20U);
  for (int i = 0; i < 5; ++i) {
    Peer peer(server_->port());
    peer.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(peer.reads("\r\n\r\n"));
    peer.vanish();
  }
  for (const FinishedList::Entry& entry : finished_.wait_for(5)) EXPECT_FALSE(entry.complete);
  EXPECT_EQ(Peer(server_->port()).get("/small").body, "0123456789");
}

TEST_F(Download, AFileMadeShorterOnTheWayIsCutShortNotPadded) {
  make_file(path("big"), 40U << 20U);
  Peer peer(server_->port());
  peer.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(peer.reads("\r\n\r\n"));
  fs::resize_file(path("big"), 1000);
  EXPECT_LT(peer.rest().size(), 40U << 20U);
  EXPECT_FALSE(finished_.wait_for(1).at(0).complete);
}

TEST_F(Download, WhatIsAppendedMeanwhileIsNotSent) {
  make_file(path("log"), 20U << 20U);
  Peer peer(server_->port());
  peer.send("GET /log HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(peer.reads("HTTP/1.1 200 OK\r\n"));
  make_file(path("log2"), 1);
  const Fd log = open_file(path("log"), O_WRONLY | O_APPEND);
  write_all(log.get(), std::string_view("more"), "log");
  const Peer::Answer next = Peer(server_->port()).get("/log", "Range: bytes=20971520-\r\n");
  EXPECT_EQ(next.body, "more");
  std::string rest;
  EXPECT_TRUE(peer.reads("\r\n\r\n"));
  peer.send("GET /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  rest = peer.rest();
  EXPECT_THAT(rest.substr(20U << 20U), testing::StartsWith("HTTP/1.1 200 OK"));
}

TEST(Attachment, KeepsAnyNameIntact) {
  EXPECT_EQ(attachment("model.pth"), "attachment; filename=\"model.pth\"");
  EXPECT_EQ(attachment("a\"b\r\nc"),
            "attachment; filename=\"a_b__c\"; filename*=UTF-8''a%22b%0D%0Ac");
  EXPECT_EQ(attachment("模型"),
            "attachment; filename=\"______\"; filename*=UTF-8''%E6%A8%A1%E5%9E%8B");
}

// Programs by a route that starts /bin/sh with a fixed script.
class Programs : public testing::Test {
 protected:
  Programs() {
    ServerOptions options;
    options.on_finished = finished_.hook();
    server_ = serve({{"GET", "/",
                      [this](const Request&) {
                        ChildProcess child =
                            ChildProcess::start({.argv = {"sh", "-c", script_}}, {.output = true});
                        pid_ = child.pid();
                        Fd output = std::move(child.output());
                        return Response::pipe({std::move(output), "first ", std::move(child),
                                               [this](const ExitStatus& status) {
                                                 exit_code_ = status.code;
                                                 exited_.set();
                                               }},
                                              "text/plain");
                      }}},
                    std::move(options));
  }

  std::string script_;
  std::atomic<pid_t> pid_{0};
  std::atomic<int> exit_code_{-1};
  Event exited_;
  FinishedList finished_;
  std::unique_ptr<Server> server_;
};

TEST_F(Programs, OutputIsSentAsItComes) {
  const TemporaryDirectory directory;
  const fs::path gate = directory.path() / "gate";
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  script_ = "echo one; read line < " + gate.native() + "; echo $line";
  Peer peer(server_->port());
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(peer.reads("first "));
  ASSERT_TRUE(peer.reads("one\n"));
  write_all(open_file(gate, O_WRONLY).get(), std::string_view("two\n"), "gate");
  EXPECT_TRUE(peer.reads("two\n\r\n0\r\n\r\n"));
  ASSERT_TRUE(exited_.wait());
  EXPECT_EQ(exit_code_, 0);
}

TEST_F(Programs, AFailureCutsTheBodyShort) {
  script_ = "echo one; exit 3";
  Peer peer(server_->port());
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_FALSE(peer.answer().complete);
  ASSERT_TRUE(exited_.wait());
  EXPECT_EQ(exit_code_, 3);
  EXPECT_FALSE(finished_.wait_for(1).at(0).complete);
}

TEST_F(Programs, AProgramNobodyListensToIsKilled) {
  script_ = "echo one; exec sleep 1000";
  {
    Peer peer(server_->port());
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(peer.reads("one\n"));
  }
  EXPECT_TRUE(eventually([&] { return ::kill(pid_, 0) != 0; }));
  EXPECT_EQ(exit_code_, -1);
}

TEST_F(Programs, MuchOutputGoesThroughToHttpOneZeroToo) {
  script_ = "head -c 30000000 /dev/zero";
  Peer peer(server_->port());
  const Peer::Answer answer = peer.send("GET / HTTP/1.0\r\n\r\n").answer();
  EXPECT_FALSE(answer.headers.contains("transfer-encoding"));
  EXPECT_EQ(answer.body.size(), 30'000'006U);
}

}  // namespace
}  // namespace cloudbrain::http
