// What a person and a script are told when something goes wrong, and the exit codes.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/exit_codes.h"
#include "support.h"

namespace cloudbrain::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

http::Route refusing(Error error) {
  return {"GET", "/api/v2/me",
          http::Handler([error](const http::Request&) -> http::Response { throw error; })};
}

Ran whoami(const FakeServer& server, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"whoami", "--server", server.address()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Shell().run(arguments);
}

TEST(Failure, ARefusalIsShownWithItsNextStepAndRequest) {
  const FakeServer server(
      {refusing(Error(ErrorKind::conflict, "in_use", {"It is in use.", "已被占用。"},
                      {"Take another.", "请换一个。"}))});
  const Ran ran = whoami(server);
  EXPECT_EQ(ran.code, kRequestFailed);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, testing::StartsWith("error: It is in use.\n  → Take another.\n  request "));
}

TEST(Failure, EveryWrongFieldHasItsLine) {
  const FakeServer server(
      {refusing(Error::fields({{"name", "bad", {"is too long.", "过长。"}},
                               {"spec", "bad", {"is unknown.", "不存在。"}}}))});
  EXPECT_THAT(whoami(server).err, HasSubstr("  name: is too long.\n  spec: is unknown.\n"));
}

TEST(Failure, TheServersLanguageFollowsOurs) {
  const FakeServer server(
      {refusing(Error(ErrorKind::conflict, "in_use", {"In use.", "已被占用。"}))});
  const Ran ran = Shell().set("LANG", "zh_CN.UTF-8").run({"whoami", "--server", server.address()});
  EXPECT_THAT(ran.err, testing::StartsWith("错误： 已被占用。\n  请求编号 "));
}

TEST(Failure, WithJsonTheProblemComesAsItWasSent) {
  const FakeServer server({refusing(Error(ErrorKind::conflict, "in_use", {"In use.", "占用。"}))});
  const Ran ran = whoami(server, {"--json"});
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(parse_json(ran.err).at("code"), "in_use");
  EXPECT_EQ(parse_json(ran.err).at("status"), 409);
}

TEST(Failure, SignedOutHasACodeOfItsOwnAndSaysHowToSignIn) {
  const FakeServer server(
      {refusing(Error(ErrorKind::unsigned_in, "sign_in", {"Sign in.", "请登录。"}))});
  const Ran ran = whoami(server);
  EXPECT_EQ(ran.code, kNotSignedIn);
  EXPECT_THAT(ran.err, HasSubstr("cloudbrain login --server " + server.address()));
}

TEST(Failure, AServerThatIsNotThereHasACodeOfItsOwn) {
  // A port that was free a moment ago, and that nobody listens on.
  const Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string server = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
  const Ran ran = Shell().run({"whoami", "--server", server});
  EXPECT_EQ(ran.code, kServerUnreachable);
  EXPECT_THAT(ran.err, HasSubstr("No server answers at " + server));
  EXPECT_THAT(ran.err, HasSubstr("cloudbrain serve"));
}

TEST(Failure, ProxiesAreNotAskedForThisMachine) {
  const FakeServer server(
      {answering("GET", "/api/v2/me", {{"id", 1}, {"name", "ann"}, {"admin", false}})});
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  const Ran ran = whoami(server);
  ::unsetenv("http_proxy");
  EXPECT_EQ(ran.code, 0) << ran.err;
}

TEST(Failure, AnotherProgramOnThatPortIsRecognised) {
  const FakeServer page({{"GET", "/api/v2/me", http::Handler([](const http::Request&) {
                            return http::Response::text("<html>", "text/html");
                          })}});
  EXPECT_THAT(whoami(page).err, HasSubstr("address of a Cloudbrain server"));
  const FakeServer elsewhere({{"GET", "/api/v2/me", http::Handler([](const http::Request&) {
                                 return http::Response::redirect("https://brain.example/");
                               })}});
  const Ran redirected = whoami(elsewhere);
  EXPECT_EQ(redirected.code, kRequestFailed);
  EXPECT_THAT(redirected.err, HasSubstr("redirects to https://brain.example/"));
}

TEST(Failure, AnAnswerThatBreaksOffIsToldAsSuch) {
  const FakeServer server({{"GET", "/api/v2/me", http::Handler([](const http::Request&) {
                              return event_stream("{\"id\":", true);
                            })}});
  const Ran ran = whoami(server);
  EXPECT_EQ(ran.code, kServerUnreachable);
  EXPECT_THAT(ran.err, HasSubstr("broke"));
}

TEST(Failure, WhatTheServerWritesCannotSteerTheTerminal) {
  const FakeServer server({refusing(Error(ErrorKind::conflict, "x", {"\x1b[2Jgone", "\x1b[2J"}))});
  EXPECT_THAT(whoami(server).err, Not(HasSubstr("\x1b")));
}

TEST(Failure, FindingsOfTheDoctorAreListedWithTheirMending) {
  const Fd out(::open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  Terminal terminal(Surroundings{-1, out.get(), -1, {}});
  const int code = print_findings(
      terminal, {{"bubblewrap", Verdict::ok, {"0.8", "0.8"}, {}},
                 {"cgroups", Verdict::warn, {"no pids", "无"}, {"Mount it.", "挂载。"}}});
  EXPECT_EQ(code, 0);
  std::string text(500, '\0');
  text.resize(static_cast<std::size_t>(::pread(out.get(), text.data(), text.size(), 0)));
  EXPECT_EQ(text,
            "ok       bubblewrap  0.8\n"
            "warning  cgroups     no pids\n"
            "                     → Mount it.\n"
            "\n0 missing, 1 to look at.\n");
  EXPECT_EQ(print_findings(terminal, {{"x", Verdict::fail, {"", ""}, {}}}), kRequestFailed);
}

}  // namespace
}  // namespace cloudbrain::cli
