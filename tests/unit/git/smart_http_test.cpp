#include "git/hosting/smart_http.h"

#include <unistd.h>

#include "git_test.h"

namespace cloudbrain {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string read_all(Fd& fd) {
  std::string bytes;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count <= 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

// A line of git's protocol: four hex digits of length, then the text (gitprotocol-common(5)).
std::string packet(std::string_view text) {
  return fmt::format("{:04x}{}", text.size() + 4, text);
}

class SmartHttpTest : public GitTest {
 protected:
  struct Answer {
    GitResponseHead head;
    std::string body;
  };
  Answer ask(const GitRequest& request, std::string_view body = {}, const GitLimits& limits = {}) {
    GitExchange exchange = http_.start(kProject, request, limits);
    exchange.write(body);
    exchange.end_body();
    Answer answer{exchange.read_head(), ""};
    answer.body = answer.head.body_start + read_all(exchange.output());
    return answer;
  }
  static GitRequest receive_pack() {
    GitRequest request;
    request.method = "POST";
    request.path = "/git-receive-pack";
    request.content_type = "application/x-git-receive-pack-request";
    request.user = "ann";
    return request;
  }
  // What a client sends to move main from nothing to `commit`.
  std::string push_body(const std::string& commit, const std::string& more = "") {
    const std::string pack =
        run_process({.argv = {"git", "-C", copy_, "pack-objects", "--revs", "--stdout", "-q"},
                     .environment = git_environment()},
                    commit + "\n")
            .output;
    return packet(std::string(40, '0') + " " + commit + " refs/heads/main" + std::string(1, '\0') +
                  " report-status" + more + "\n") +
           "0000" + pack;
  }
  std::size_t quarantines() {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(repositories_.path(kProject) / "objects")) {
      count += entry.path().filename().native().starts_with("tmp_objdir") ? 1 : 0;
    }
    return count;
  }

  SmartHttp http_{repositories_, HOOK_PROGRAM};
};

TEST_F(SmartHttpTest, OnlySmartRequestsAreServed) {
  const auto service = [](const char* method, const char* path, const char* query = "") {
    GitRequest request;
    request.method = method;
    request.path = path;
    request.query = query;
    return git_service(request);
  };
  EXPECT_EQ(service("GET", "/info/refs", "service=git-upload-pack"), GitService::fetch);
  EXPECT_EQ(service("GET", "/info/refs", "service=git-receive-pack"), GitService::push);
  EXPECT_EQ(service("POST", "/git-upload-pack"), GitService::fetch);
  EXPECT_EQ(service("POST", "/git-receive-pack"), GitService::push);
  EXPECT_FALSE(service("GET", "/info/refs"));
  EXPECT_FALSE(service("GET", "/HEAD"));
  EXPECT_FALSE(service("GET", "/config"));
  EXPECT_FALSE(service("GET", "/git-upload-pack"));
  EXPECT_FALSE(service("POST", "/git-upload-archive"));
  EXPECT_FALSE(service("POST", "git-upload-pack"));
  EXPECT_EQ(error_code([&] { http_.start(kProject, {.method = "GET", .path = "/../8.git/HEAD"}); }),
            "git_request");
  EXPECT_EQ(error_code([&] {
              http_.start(
                  ProjectId{8},
                  {.method = "GET", .path = "/info/refs", .query = "service=git-upload-pack"});
            }),
            "repository_missing");
}

TEST_F(SmartHttpTest, ReferencesAreAdvertisedInVersion2) {
  save("a", "1");
  const Answer answer = ask({.method = "GET",
                             .path = "/info/refs",
                             .query = "service=git-upload-pack",
                             .git_protocol = "version=2"});
  EXPECT_EQ(answer.head.status, 200);
  EXPECT_THAT(answer.head.headers,
              testing::Contains(
                  testing::Pair("Content-Type", "application/x-git-upload-pack-advertisement")));
  EXPECT_THAT(answer.body, StartsWith(packet("version 2\n")));
  EXPECT_THAT(answer.body, HasSubstr("fetch="));
  EXPECT_THAT(answer.body, HasSubstr("filter"));
}

TEST_F(SmartHttpTest, AFetchBringsThePack) {
  const std::string id = save("a", "1");
  const Answer answer = ask(
      {.method = "POST",
       .path = "/git-upload-pack",
       .content_type = "application/x-git-upload-pack-request",
       .git_protocol = "version=2"},
      packet("command=fetch") + "0001" + packet("want " + id + "\n") + packet("done\n") + "0000");
  EXPECT_EQ(answer.head.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("packfile\n"));
  EXPECT_THAT(answer.body, HasSubstr("PACK"));
}

TEST_F(SmartHttpTest, APushMovesTheBranch) {
  clone();
  put("a", "1");
  const std::string id = commit("first");
  const Answer answer = ask(receive_pack(), push_body(id));
  EXPECT_EQ(answer.head.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("unpack ok"));
  EXPECT_THAT(answer.body, HasSubstr("ok refs/heads/main"));
  EXPECT_EQ(reader_.resolve(kProject, "main"), id);
}

TEST_F(SmartHttpTest, ALargePushStreamsThrough) {
  clone();
  std::string noise(8U << 20U, '\0');
  std::uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1'664'525U + 1'013'904'223U) >> 24U);
  put("noise", noise);
  const std::string id = commit("large");
  EXPECT_THAT(ask(receive_pack(), push_body(id)).body, HasSubstr("unpack ok"));
  EXPECT_EQ(reader_.list_tree(kProject, id, "")->at(0).size, 8 << 20);
}

TEST_F(SmartHttpTest, APushThatEndsHalfWayLeavesNothing) {
  clone();
  put("a", std::string(100'000, 'a'));
  put("b", "b");
  const std::string id = commit("never arrives");
  const std::string body = push_body(id);
  {
    // The client goes away: its exchange is dropped.
    GitExchange exchange = http_.start(kProject, receive_pack());
    exchange.write(std::string_view(body).substr(0, body.size() - 30));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (quarantines() == 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    ASSERT_EQ(quarantines(), 1U);
  }
  EXPECT_EQ(quarantines(), 0U);
  EXPECT_FALSE(reader_.resolve(kProject, "main"));
  // The connection ends and what came is taken for all.
  const Answer cut = ask(receive_pack(), std::string_view(body).substr(0, body.size() - 30));
  EXPECT_THAT(cut.body, testing::Not(HasSubstr("unpack ok")));
  EXPECT_FALSE(reader_.resolve(kProject, "main"));
  EXPECT_FALSE(reader_.file_exists(kProject, id, "a"));
  EXPECT_EQ(quarantines(), 0U);
  run_git(git_process(repositories_.path(kProject), {"fsck", "--strict"}));
  EXPECT_THAT(ask(receive_pack(), body).body, HasSubstr("unpack ok"));
}

TEST_F(SmartHttpTest, APushBeyondTheRepositorysLimitIsToldInOurWords) {
  clone();
  std::string noise(200'000, '\0');
  std::uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1'664'525U + 1'013'904'223U) >> 24U);
  put("noise", noise);
  const std::string id = commit("large");
  const std::string body = push_body(id, " side-band-64k");
  GitRequest request = receive_pack();
  const Answer refused = ask(request, body, {.max_repository_bytes = 100'000});
  EXPECT_THAT(refused.body.substr(4), StartsWith("\x02The repository would have more than"));
  EXPECT_THAT(refused.body, HasSubstr("unpack"));
  EXPECT_FALSE(reader_.resolve(kProject, "main"));
  request.chinese = true;
  EXPECT_THAT(ask(request, body, {.max_repository_bytes = 100'000}).body.substr(4),
              StartsWith("\x02代码仓库将超过"));
  // Who takes no messages gets git's answer alone.
  EXPECT_THAT(ask(request, push_body(id), {.max_repository_bytes = 100'000}).body,
              testing::Not(HasSubstr("代码仓库")));
  EXPECT_THAT(ask(request, body).body, testing::Not(HasSubstr("代码仓库")));
  EXPECT_EQ(reader_.resolve(kProject, "main"), id);
}

TEST_F(SmartHttpTest, AWrongContentTypeIsGitsToRefuse) {
  GitRequest request = receive_pack();
  request.content_type = "text/plain";
  EXPECT_EQ(ask(request, std::string(4U << 20U, 'x')).head.status, 415);
}

}  // namespace
}  // namespace cloudbrain
