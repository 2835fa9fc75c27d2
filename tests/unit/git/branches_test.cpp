#include "git/branches.h"

#include "git_test.h"

namespace cloudbrain {
namespace {

class BranchesTest : public GitTest {
 protected:
  std::string create(std::string_view name, std::string_view from) {
    return create_branch(repositories_, reader_, kProject, name, from);
  }
  std::string refusal(std::string_view name, std::string_view from = "main") {
    return error_code([&] { create(name, from); });
  }
};

TEST_F(BranchesTest, ABranchStartsAtABranchOrACommit) {
  const std::string first = save("a", "1");
  save("a", "2");
  EXPECT_EQ(create("old", first), first);
  EXPECT_EQ(create("topic/中文", "main"), reader_.resolve(kProject, "main"));
  EXPECT_EQ(reader_.resolve(kProject, "old"), first);
}

TEST_F(BranchesTest, ABranchIsNotMadeTwiceNorInsideAnother) {
  save("a", "1");
  create("a/b", "main");
  EXPECT_EQ(refusal("main"), "branch_exists");
  EXPECT_EQ(refusal("a"), "branch_exists");
  EXPECT_EQ(refusal("a/b/c"), "branch_exists");
  EXPECT_EQ(refusal("ab"), "");
}

TEST_F(BranchesTest, HostileNamesAreRefused) {
  save("a", "1");
  for (const char* name : {"", "-d", "--delete", "a..b", "a b", "x\nupdate refs/heads/main",
                           "../../config", "a.lock", "@", "HEAD", "a~1", "a^{}", "/a", "a/"}) {
    EXPECT_EQ(refusal(name), "branch_name") << name;
  }
  const std::string zeros(40, '0');
  for (const std::string from : {"", "main~0", "HEAD", "-x", "refs/heads/main", zeros.c_str()}) {
    EXPECT_EQ(refusal("fresh", from), "branch_missing") << from;
  }
  EXPECT_EQ(reader_.branches(kProject).size(), 1U);
}

TEST_F(BranchesTest, TheDefaultBranchStaysUntilAnotherIsChosen) {
  save("a", "1");
  create("next", "main");
  const auto remove = [&](std::string_view name) {
    return error_code([&] { remove_branch(repositories_, reader_, kProject, name); });
  };
  EXPECT_EQ(remove("main"), "default_branch");
  EXPECT_EQ(remove("nothing"), "branch_missing");
  repositories_.set_default_branch(kProject, "next");
  EXPECT_EQ(reader_.default_branch(kProject), "next");
  EXPECT_EQ(remove("main"), "");
  EXPECT_FALSE(reader_.resolve(kProject, "main"));
}

TEST_F(BranchesTest, ACommitGoesToANewBranch) {
  const std::string first = save("a", "1");
  CommitRequest request{.branch = "main",
                        .message = "aside",
                        .files = {{"b", "2", {}}},
                        .author = {"Bob", "bob@example.org"},
                        .time = kTime,
                        .new_branch = "aside"};
  const std::string second = commit_files(repositories_, reader_, kProject, request);
  EXPECT_EQ(reader_.resolve(kProject, "main"), first);
  EXPECT_EQ(reader_.resolve(kProject, "aside"), second);
  EXPECT_EQ(reader_.find_commit(kProject, second)->parents, std::vector{first});
  EXPECT_EQ(error_code([&] { commit_files(repositories_, reader_, kProject, request); }),
            "branch_exists");
}

TEST_F(BranchesTest, ACommitKeepsToTheLimits) {
  CommitRequest request{.branch = "main",
                        .message = "large",
                        .files = {{"a", std::string(2048, 'a'), {}}},
                        .author = {"Bob", "bob@example.org"},
                        .time = kTime,
                        .limits = {.max_file_bytes = 2047}};
  EXPECT_EQ(error_code([&] { commit_files(repositories_, reader_, kProject, request); }),
            "file_too_large");
  request.limits = {.max_repository_bytes = 1000};
  EXPECT_EQ(error_code([&] { commit_files(repositories_, reader_, kProject, request); }),
            "repository_full");
  request.limits = {};
  commit_files(repositories_, reader_, kProject, request);
}

}  // namespace
}  // namespace cloudbrain
