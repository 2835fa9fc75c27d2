#include "git/hosting/fork_repository.h"

#include <thread>

#include <sys/stat.h>

#include "git_test.h"

namespace cloudbrain {
namespace {

class ForkRepositoryTest : public GitTest {
 protected:
  static constexpr ProjectId kFork{8};

  std::string ask(ProjectId project, std::vector<std::string> arguments) {
    return run_git(git_process(repositories_.path(project), std::move(arguments)));
  }
};

TEST_F(ForkRepositoryTest, AForkHasTheBranchesTheTagsAndTheDefaultBranch) {
  clone();
  put("a", "1");
  commit("one");
  git({"push", "-q", "origin", "HEAD:refs/heads/main", "HEAD:refs/heads/topic/x"});
  git({"tag", "-a", "v1", "-m", "first"});
  git({"push", "-q", "origin", "v1"});
  ask(kProject, {"symbolic-ref", "HEAD", "refs/heads/topic/x"});
  fork_repository(repositories_, kProject, kFork);
  EXPECT_EQ(ask(kFork, {"show-ref", "-d"}), ask(kProject, {"show-ref", "-d"}));
  EXPECT_EQ(reader_.default_branch(kFork), "topic/x");
  ask(kFork, {"fsck", "--strict"});
}

TEST_F(ForkRepositoryTest, ObjectsAreTheSameFilesOnDisk) {
  clone();
  put("a", "1");
  push("one");
  ask(kProject, {"repack", "-adq"});
  put("b", "2");
  push("two");
  fork_repository(repositories_, kProject, kFork);
  int shared = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(repositories_.path(kFork) / "objects")) {
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    if (entry.is_regular_file()) shared += status.st_nlink == 2 ? 1 : 0;
  }
  EXPECT_GE(shared, 5);  // a pack, its index and three loose objects
}

TEST_F(ForkRepositoryTest, EitherLivesOnWithoutTheOther) {
  const std::string first = save("a", "1");
  fork_repository(repositories_, kProject, kFork);
  save("a", "2");
  EXPECT_EQ(reader_.resolve(kFork, "main"), first);
  repositories_.remove(kProject);
  EXPECT_EQ(reader_.read_file(kFork, first, "a"), "1");
  ask(kFork, {"fsck", "--strict"});
}

TEST_F(ForkRepositoryTest, AnEmptyProjectIsForkedToo) {
  fork_repository(repositories_, kProject, kFork);
  EXPECT_TRUE(reader_.branches(kFork).empty());
  EXPECT_EQ(reader_.default_branch(kFork), "main");
}

TEST_F(ForkRepositoryTest, OnlyAnEmptyRepositoryGivesWay) {
  save("a", "1");
  repositories_.create(kFork);
  fork_repository(repositories_, kProject, kFork);
  EXPECT_EQ(error_code([&] { fork_repository(repositories_, kProject, kFork); }),
            "repository_exists");
  EXPECT_EQ(error_code([&] { fork_repository(repositories_, ProjectId{9}, ProjectId{10}); }),
            "repository_missing");
  for (const auto& entry : fs::directory_iterator(repositories_.root())) {
    EXPECT_EQ(entry.path().extension(), ".git") << entry.path();
  }
}

TEST_F(ForkRepositoryTest, AForkBesidePushesAndPackingIsWhole) {
  save("a", "0");
  std::jthread writer([&](const std::stop_token& stop) {
    for (int i = 1; !stop.stop_requested(); ++i) {
      save("a", std::to_string(i));
      if (i % 3 == 0) ask(kProject, {"repack", "-adq"});
      if (i % 3 == 0) ask(kProject, {"prune-packed", "-q"});
    }
  });
  for (int i = 0; i < 8; ++i) {
    const ProjectId fork{100 + i};
    fork_repository(repositories_, kProject, fork);
    ask(fork, {"fsck", "--connectivity-only"});
  }
}

}  // namespace
}  // namespace cloudbrain
