#include "git/importing/import_repository.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "git_test.h"

namespace cloudbrain {
namespace {

using testing::HasSubstr;
using testing::Not;

class ImportRepositoryTest : public GitTest {
 protected:
  static constexpr ProjectId kTarget{8};

  ImportRepositoryTest()
      : server_(ChildProcess::start({.argv = {"python3", "-I", SERVE_GIT, repositories_.root()}},
                                    {.output = true})) {
    port_ = read_line();
    clone();
    put("a", "1");
    put("sub/b", "2");
    head_ = push("first");
    git({"push", "-q", "origin", "HEAD:refs/heads/topic/x", "HEAD:refs/tags/v1",
         "HEAD:refs/pull/1"});
  }

  std::string read_line() {
    std::string line;
    char c = 0;
    while (::read(server_.output().get(), &c, 1) == 1 && c != '\n') line += c;
    return line;
  }
  ImportRequest from(const std::string& place) {
    ImportRequest request;
    request.url = fmt::format("http://127.0.0.1:{}/{}/7.git", port_, place);
    request.allow_private_addresses = true;
    return request;
  }
  std::string refusal(const ImportRequest& request, const std::stop_token& stop = {}) {
    try {
      import_repository(repositories_, kTarget, request, {}, stop);
      return "";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
      EXPECT_FALSE(repositories_.exists(kTarget));
      return error.problems().empty() ? error.code() : error.problems()[0].code;
    }
  }
  static std::string free_port() {
    const Fd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT(*-reinterpret-cast): BSD's API
    EXPECT_EQ(::bind(probe.get(), generic, size), 0);
    EXPECT_EQ(::getsockname(probe.get(), generic, &size), 0);
    return std::to_string(ntohs(address.sin_port));
  }
  std::string ask(std::vector<std::string> arguments) {
    return run_git(git_process(repositories_.path(kTarget), std::move(arguments)));
  }

  ChildProcess server_;
  std::string port_;
  std::string head_;
};

TEST_F(ImportRepositoryTest, BranchesTagsAndTheDefaultBranchCome) {
  run_git(
      git_process(repositories_.path(kProject), {"symbolic-ref", "HEAD", "refs/heads/topic/x"}));
  import_repository(repositories_, kTarget, from("open"));
  EXPECT_EQ(ask({"for-each-ref", "--format=%(refname)"}),
            "refs/heads/main\nrefs/heads/topic/x\nrefs/tags/v1\n");
  EXPECT_EQ(reader_.default_branch(kTarget), "topic/x");
  EXPECT_EQ(reader_.read_file(kTarget, head_, "sub/b"), "2");
  ask({"fsck", "--strict"});
}

TEST_F(ImportRepositoryTest, AnEmptyRepositoryGivesWayAndAnotherDoesNot) {
  repositories_.create(kTarget);
  import_repository(repositories_, kTarget, from("open"));
  EXPECT_EQ(reader_.resolve(kTarget, "main"), head_);
  EXPECT_EQ(error_code([&] { import_repository(repositories_, kTarget, from("open")); }),
            "repository_exists");
}

TEST_F(ImportRepositoryTest, APasswordOpensWhatIsPrivateAndStaysNowhere) {
  EXPECT_EQ(refusal(from("private")), "import_denied");
  ImportRequest request = from("private");
  request.user = "ann";
  request.password = "secret2";
  EXPECT_EQ(refusal(request), "import_denied");
  request.password = "secret";
  import_repository(repositories_, kTarget, request);
  EXPECT_EQ(reader_.resolve(kTarget, "main"), head_);
  for (const auto& entry : fs::recursive_directory_iterator(repositories_.path(kTarget))) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = read_file(entry.path());
    for (const char* secret : {"secret", "YW5uOnNlY3JldA", "127.0.0.1"}) {
      EXPECT_THAT(bytes, Not(HasSubstr(secret))) << entry.path();
    }
  }
}

TEST_F(ImportRepositoryTest, OnlyTheCheckedAddressIsAsked) {
  // No resolver knows this name: what connects uses the address that was pinned.
  ImportRequest request = from("open");
  request.url = fmt::format("http://code.invalid:{}/open/7.git", port_);
  ImportAddress address = parse_import_url(request.url);
  address.peers = {"127.0.0.1"};
  import_from(repositories_, kTarget, request, address, {}, {});
  EXPECT_EQ(reader_.resolve(kTarget, "main"), head_);
  EXPECT_THAT(read_line(), HasSubstr("code.invalid:" + port_));
}

TEST_F(ImportRepositoryTest, APrivateAddressIsNotEvenAsked) {
  ImportRequest request = from("open");
  request.allow_private_addresses = false;
  EXPECT_EQ(refusal(request), "import_private");
  request.url = "file://" + repositories_.path(kProject).native();
  EXPECT_EQ(refusal(request), "import_scheme");
  request.url = fmt::format("ext::sh -c 'touch {}/harmed'", room_.path().native());
  EXPECT_THAT(refusal(request), testing::AnyOf("import_scheme", "import_url"));
  EXPECT_FALSE(fs::exists(room_.path() / "harmed"));
}

TEST_F(ImportRepositoryTest, ARedirectIsNotFollowed) {
  EXPECT_EQ(refusal(from("moved")), "import_redirected");
  EXPECT_THAT(read_line(), HasSubstr("/moved/"));
  EXPECT_EQ(refusal(from("missing")), "import_missing");
  EXPECT_THAT(read_line(), HasSubstr("/missing/"));
}

TEST_F(ImportRepositoryTest, AnImportIsBoundedAndCanBeStopped) {
  std::string noise(2U << 20U, '\0');
  std::uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1'664'525U + 1'013'904'223U) >> 24U);
  put("noise", noise);
  push("large");
  ImportRequest request = from("open");
  request.max_bytes = 1U << 20U;
  EXPECT_EQ(refusal(request), "import_too_large");

  request = from("silent");
  request.time_limit = std::chrono::seconds(1);
  EXPECT_EQ(refusal(request), "import_timeout");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(refusal(from("silent"), stop.get_token()), "import_stopped");
  for (const auto& entry : fs::directory_iterator(repositories_.root())) {
    EXPECT_EQ(entry.path().extension(), ".git") << entry.path();
  }
}

TEST_F(ImportRepositoryTest, GitsOwnProtocolIsServedByTheCheckedAddressToo) {
  const std::string port = free_port();
  std::string programs = git({"--exec-path"});
  programs.pop_back();
  // `git daemon` itself would start it as a child of its own, which nobody ends.
  const ProcessOptions options{
      .argv = {programs + "/git-daemon", "--listen=127.0.0.1", "--port=" + port, "--export-all",
               "--log-destination=none",
               "--interpolated-path=" + repositories_.root().native() + "/%H%D"},
      .environment = git_environment()};
  const ChildProcess daemon = ChildProcess::start(options, {});
  // The daemon finds the repository by the name it is asked by, not by the address.
  fs::create_directory_symlink(".", repositories_.root() / "code.invalid");
  ImportRequest request = from("open");
  request.url = "git://code.invalid:" + port + "/7.git";
  ImportAddress address = parse_import_url(request.url);
  address.peers = {"127.0.0.1"};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto import = [&] { import_from(repositories_, kTarget, request, address, {}, {}); };
  while (error_code(import) == "import_unreachable") {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  EXPECT_EQ(reader_.resolve(kTarget, "main"), head_);
}

TEST_F(ImportRepositoryTest, AClosedPortIsUnreachable) {
  ImportRequest request = from("open");
  request.url = "http://127.0.0.1:1/x.git";
  EXPECT_EQ(refusal(request), "import_unreachable");
  request.url = "git://127.0.0.1:1/x.git";
  EXPECT_EQ(refusal(request), "import_unreachable");
  request.password = "secret";
  EXPECT_EQ(refusal(request), "import_password_unused");
}

}  // namespace
}  // namespace cloudbrain
