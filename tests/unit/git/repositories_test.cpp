#include "git/hosting/repositories.h"

#include <unistd.h>

#include "git_test.h"

namespace cloudbrain {
namespace {

class RepositoriesTest : public GitTest {};

TEST_F(RepositoriesTest, ANewRepositoryIsWholeAndEmpty) {
  EXPECT_TRUE(repositories_.exists(kProject));
  EXPECT_EQ(repositories_.path(kProject), room_.path() / "repositories/7.git");
  EXPECT_EQ(reader_.default_branch(kProject), "main");
  EXPECT_TRUE(reader_.branches(kProject).empty());
  run_git(git_process(repositories_.path(kProject), {"fsck", "--strict"}));
}

TEST_F(RepositoriesTest, CreatingItTwiceKeepsWhatIsThere) {
  const std::string id = save("a", "1");
  repositories_.create(kProject);
  EXPECT_EQ(reader_.resolve(kProject, "main"), id);
}

TEST_F(RepositoriesTest, APushedHookOrTheMachinesConfigurationHasNoSay) {
  const fs::path repository = repositories_.path(kProject);
  make_directories(repository / "hooks");
  write_file_atomic(repository / "hooks/post-receive",
                    "#!/bin/sh\ntouch " + (room_.path() / "hook-ran").native() + "\n", Durable::no,
                    0755);
  clone();
  put("a", "1");
  push("first");
  EXPECT_FALSE(fs::exists(room_.path() / "hook-ran"));
}

TEST_F(RepositoriesTest, ABrokenObjectIsRefusedWhenItIsPushed) {
  clone();
  put("a", "1");
  commit("first");
  // A tree that would write into .git when it is checked out.
  const std::string blob = git({"hash-object", "-w", "a"}).substr(0, 40);
  const ProcessResult tree = run_process(
      {.argv = {"git", "-C", copy_, "mktree"}, .environment = git_environment()},
      "040000 tree " +
          run_process({.argv = {"git", "-C", copy_, "mktree"}, .environment = git_environment()},
                      "100644 blob " + blob + "\tconfig\n")
              .output.substr(0, 40) +
          "\t.git\n");
  const std::string evil =
      git({"commit-tree", tree.output.substr(0, 40), "-m", "evil"}).substr(0, 40);
  EXPECT_THAT(git({"push", "-q", "origin", evil + ":refs/heads/evil"}, false),
              testing::HasSubstr("hasDotgit"));
  EXPECT_FALSE(reader_.resolve(kProject, "evil"));
}

TEST_F(RepositoriesTest, ARepositoryCopiedFromElsewhereIsOursWhoeverItBelongsTo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const std::string id = save("a", "1");
  run_git({.argv = {"chown", "-R", "12345", repositories_.path(kProject)}});
  reader_.forget(kProject);
  EXPECT_EQ(reader_.resolve(kProject, "main"), id);
  EXPECT_EQ(reader_.branches(kProject).size(), 1U);
}

TEST_F(RepositoriesTest, ARemovedRepositoryIsGoneAndHalfOnesAreCleanedAtStart) {
  save("a", "1");
  reader_.forget(kProject);
  repositories_.remove(kProject);
  repositories_.remove(kProject);
  EXPECT_FALSE(repositories_.exists(kProject));
  EXPECT_FALSE(reader_.resolve(kProject, "main"));

  make_directories(repositories_.root() / ".unfinished-0123/objects");
  const Repositories again(repositories_.root());
  EXPECT_TRUE(fs::is_empty(again.root()));
}

TEST_F(RepositoriesTest, PackingLosesNothingNotEvenWhatAForcedPushTookAway) {
  clone();
  put("a", "1");
  const std::string old = push("first");
  git({"commit", "-q", "--amend", "-m", "other"});
  git({"push", "-q", "--force", "origin", "HEAD"});
  EXPECT_TRUE(reader_.file_exists(kProject, old, "a"));
  run_git(git_process(repositories_.path(kProject), {"gc", "--quiet"}));
  repositories_.maintain(kProject);
  EXPECT_TRUE(reader_.file_exists(kProject, old, "a"));
  EXPECT_TRUE(reader_.resolve(kProject, "main"));
}

TEST_F(RepositoriesTest, OldQuarantinesAreRemoved) {
  const fs::path objects = repositories_.path(kProject) / "objects";
  make_directories(objects / "tmp_objdir-incoming-old");
  make_directories(objects / "tmp_objdir-incoming-new");
  fs::last_write_time(objects / "tmp_objdir-incoming-old",
                      fs::file_time_type::clock::now() - std::chrono::hours(25));
  repositories_.maintain(kProject);
  EXPECT_FALSE(fs::exists(objects / "tmp_objdir-incoming-old"));
  EXPECT_TRUE(fs::exists(objects / "tmp_objdir-incoming-new"));
}

TEST(BranchNameTest, FollowsGitsRules) {
  for (const char* good : {"main", "feature/x", "训练", "v1.0", "a-b_c", "1", "@a"}) {
    EXPECT_TRUE(is_branch_name(good)) << good;
  }
  for (const char* bad : {"",       "-x",       "--upload-pack=x",
                          "a..b",   "a b",      "a~1",
                          "a^",     "a:b",      "a?",
                          "a*",     "a[",       "a\\b",
                          "a\n",    "/a",       "a/",
                          "a//b",   ".a",       "a/.b",
                          "a.lock", "a.lock/b", "a.",
                          "a@{1}",  "@",        "HEAD",
                          "\xff"}) {
    EXPECT_FALSE(is_branch_name(bad)) << bad;
  }
  EXPECT_FALSE(is_branch_name(std::string(201, 'a')));
}

}  // namespace
}  // namespace cloudbrain
