// What a push may bring, with the real git on both sides: receive-pack runs our hook.
#include "git/hosting/push_hook.h"

#include "git/hosting/path_rules.h"
#include "git_test.h"

namespace cloudbrain {
namespace {

using testing::HasSubstr;
using testing::Not;

class PushHookTest : public GitTest {
 protected:
  PushHookTest() {
    install_push_hook(hooks_, HOOK_PROGRAM);
    for (const auto& [name, value] : push_hook_settings(hooks_)) {
      run_git(git_process(repositories_.path(kProject), {"config", name, value}));
    }
    clone();
  }

  // Pushes over the file system, as the hook's environment says; what git said.
  std::string push_to(const std::string& reference, const GitLimits& limits = {},
                      bool chinese = false) {
    std::map<std::string, std::string> environment = git_environment();
    environment.merge(push_hook_environment(limits, chinese));
    ProcessOptions options{.argv = {"git", "push", "origin", "HEAD:" + reference},
                           .environment = environment,
                           .working_directory = copy_};
    const ProcessResult result = run_process(options);
    return (result.status.ok() ? "done: " : "failed: ") + result.error;
  }
  std::string put_and_commit(const std::string& path, std::string_view bytes) {
    put(path, bytes);
    return commit("one");
  }

  fs::path hooks_ = room_.path() / "hooks";
};

TEST_F(PushHookTest, AnOrdinaryPushPasses) {
  const std::string id = put_and_commit("a dir/文件.py", "1");
  EXPECT_THAT(push_to("refs/heads/main"), HasSubstr("done: "));
  EXPECT_THAT(push_to("refs/tags/v1"), HasSubstr("done: "));
  EXPECT_EQ(reader_.resolve(kProject, "main"), id);
}

TEST_F(PushHookTest, ALargeFileIsRefusedByNameAndSize) {
  put_and_commit("sub/fine", std::string(100'000, 'a'));
  EXPECT_THAT(push_to("refs/heads/main", {.max_file_bytes = 100'000}), HasSubstr("done: "));
  put_and_commit("sub/large.bin", std::string(3U << 20U, 'a'));
  const std::string said = push_to("refs/heads/main", {.max_file_bytes = 1U << 20U});
  EXPECT_THAT(said, HasSubstr("remote: sub/large.bin has 3.0 MiB; a file in a repository may have "
                              "1 MiB at most."));
  EXPECT_THAT(said, HasSubstr("pre-receive hook declined"));
  EXPECT_THAT(push_to("refs/heads/main", {.max_file_bytes = 1U << 20U}, true),
              HasSubstr("remote: sub/large.bin 有 3.0 MiB"));
  // Also where a later commit of the push removes it.
  fs::remove(copy_ / "sub/large.bin");
  commit("removed");
  EXPECT_THAT(push_to("refs/heads/main", {.max_file_bytes = 1U << 20U}), HasSubstr("failed: "));
}

TEST_F(PushHookTest, ARefusedPushLeavesNothing) {
  const std::string id = put_and_commit("large", std::string(2000, 'a'));
  EXPECT_THAT(push_to("refs/heads/main", {.max_file_bytes = 1999}), HasSubstr("failed: "));
  EXPECT_FALSE(reader_.resolve(kProject, "main"));
  EXPECT_FALSE(reader_.find_commit(kProject, id));
}

TEST_F(PushHookTest, PathsThatNobodyCouldShowAreRefused) {
  put_and_commit("fine", "1");
  push_to("refs/heads/main");
  for (const std::string path :
       {"back\\slash", "control\x01", "\xff\xfe", "tab\there", "del\x7f"}) {
    put_and_commit(path, "1");
    EXPECT_THAT(push_to("refs/heads/main"), HasSubstr("cannot be the path of a file")) << path;
    git({"reset", "-q", "--hard", "HEAD~1"});
  }
  std::string deep;
  for (int i = 0; i < 70; ++i) deep += "d/";
  put_and_commit(deep + "f", "1");
  EXPECT_THAT(push_to("refs/heads/main"), HasSubstr("is too long"));
}

TEST_F(PushHookTest, OnlyBranchesAndTagsArePushed) {
  put_and_commit("a", "1");
  for (const char* reference : {"refs/replace/"
                                "0123456789012345678901234567890123456789",
                                "refs/pull/1", "refs/x", "refs/heads/\xff\xfe"}) {
    EXPECT_THAT(push_to(reference), HasSubstr("failed: ")) << reference;
  }
  EXPECT_EQ(run_git(git_process(repositories_.path(kProject), {"for-each-ref"})), "");
}

TEST_F(PushHookTest, AHookInTheRepositoryNeverRuns) {
  const fs::path theirs = repositories_.path(kProject) / "hooks";
  make_directories(theirs);
  for (const char* name : {"pre-receive", "update", "post-receive", "post-update",
                           "reference-transaction", "proc-receive"}) {
    write_file_atomic(theirs / name, "#!/bin/sh\ntouch " + (room_.path() / "harmed").native(),
                      Durable::no, 0755);
  }
  put_and_commit("a", "1");
  EXPECT_THAT(push_to("refs/heads/main"), HasSubstr("done: "));
  EXPECT_FALSE(fs::exists(room_.path() / "harmed"));
}

TEST(PathRules, APathIsRelativeUtf8AndOfReasonableLength) {
  for (const char* path : {"a", "a/b.py", "中文/文件", ".gitignore", ".github/x", "a b", "..a"}) {
    EXPECT_FALSE(path_problem(path)) << path;
  }
  for (const char* path :
       {"", "/a", "a/../b", "a//b", "a/.git/b", ".GIT", "git~1/x", "a\\b", "a\nb", "\xc0\xaf"}) {
    EXPECT_TRUE(path_problem(path)) << path;
  }
  EXPECT_FALSE(path_problem(std::string(255, 'a')));
  EXPECT_TRUE(path_problem(std::string(256, 'a')));
}

}  // namespace
}  // namespace cloudbrain
