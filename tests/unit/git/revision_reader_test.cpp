#include "git/reading/revision_reader.h"

#include "git_test.h"

namespace cloudbrain {
namespace {

using testing::ElementsAre;
using testing::Field;

class RevisionReaderTest : public GitTest {
 protected:
  RevisionReaderTest() {
    clone();
    put("train.py", "print(1)\n");
    put("源码/模型.py", "m");
    put("with space.py", "s");
    fs::create_symlink("train.py", copy_ / "link.py");
    fs::permissions(copy_ / "with space.py", fs::perms::owner_all);
    head_ = push("the first\n\nwith a body");
  }
  std::string head_;
};

TEST_F(RevisionReaderTest, ABranchIsResolvedAndAPushIsNoticedAtOnce) {
  EXPECT_EQ(reader_.resolve(kProject, "main"), head_);
  put("train.py", "print(2)\n");
  const std::string next = push("second");
  EXPECT_EQ(reader_.resolve(kProject, "main"), next);
  EXPECT_EQ(reader_.read_file(kProject, next, "train.py"), "print(2)\n");
  EXPECT_EQ(reader_.read_file(kProject, head_, "train.py"), "print(1)\n");
}

TEST_F(RevisionReaderTest, APushIsNoticedAlsoAfterEverythingWasPacked) {
  EXPECT_TRUE(reader_.resolve(kProject, "main"));
  run_git(git_process(repositories_.path(kProject), {"gc", "--quiet"}));
  EXPECT_EQ(reader_.read_file(kProject, head_, "train.py"), "print(1)\n");
  put("new.py", "n");
  const std::string next = push("after gc");
  EXPECT_EQ(reader_.resolve(kProject, "main"), next);
  EXPECT_TRUE(reader_.file_exists(kProject, next, "new.py"));
}

TEST_F(RevisionReaderTest, WhatIsNotThereIsEmpty) {
  EXPECT_FALSE(reader_.resolve(kProject, "none"));
  EXPECT_FALSE(reader_.resolve(kProject, "refs/heads/main"));
  EXPECT_FALSE(reader_.resolve(kProject, "main\ninfo HEAD"));
  EXPECT_FALSE(reader_.resolve(ProjectId{8}, "main"));
  EXPECT_FALSE(reader_.resolve(kProject, head_));
  EXPECT_FALSE(reader_.read_file(kProject, head_, "none.py"));
  EXPECT_FALSE(reader_.read_file(kProject, head_, "源码"));
  EXPECT_FALSE(reader_.list_tree(kProject, head_, "train.py"));
  EXPECT_FALSE(reader_.list_tree(kProject, std::string(40, '0'), ""));
  EXPECT_TRUE(reader_.branches(ProjectId{8}).empty());
  EXPECT_TRUE(reader_.log(kProject, std::string(40, '0'), 10).empty());
  EXPECT_EQ(reader_.default_branch(ProjectId{8}), "");
}

TEST_F(RevisionReaderTest, FilesExistByTheirExactPath) {
  EXPECT_TRUE(reader_.file_exists(kProject, head_, "train.py"));
  EXPECT_TRUE(reader_.file_exists(kProject, head_, "源码/模型.py"));
  EXPECT_TRUE(reader_.file_exists(kProject, head_, "with space.py"));
  for (const char* path : {"源码", "Train.py", "../train.py", "/train.py", "./train.py", "",
                           "train.py\n", "train.py\ninfo HEAD"}) {
    EXPECT_FALSE(reader_.file_exists(kProject, head_, path)) << path;
  }
  EXPECT_FALSE(reader_.file_exists(kProject, "main", "train.py"));
  EXPECT_FALSE(reader_.file_exists(kProject, "--help", "train.py"));
}

TEST_F(RevisionReaderTest, ATreeIsListedDirectoriesFirst) {
  const auto entries = reader_.list_tree(kProject, head_, "").value();
  EXPECT_THAT(
      entries,
      ElementsAre(Field(&TreeEntry::name, "源码"), Field(&TreeEntry::name, "link.py"),
                  Field(&TreeEntry::name, "train.py"), Field(&TreeEntry::name, "with space.py")));
  EXPECT_EQ(entries[0].kind, TreeEntry::Kind::directory);
  EXPECT_EQ(entries[1].kind, TreeEntry::Kind::link);
  EXPECT_EQ(entries[2].size, 9);
  EXPECT_FALSE(entries[2].executable);
  EXPECT_TRUE(entries[3].executable);
  EXPECT_EQ(reader_.list_tree(kProject, head_, "源码").value().at(0).path, "源码/模型.py");
}

TEST_F(RevisionReaderTest, ALargeDirectoryIsListed) {
  for (int i = 0; i < 700; ++i) put("many/" + std::to_string(i), "x");
  const std::string id = push("many");
  EXPECT_EQ(reader_.list_tree(kProject, id, "many").value().size(), 700U);
}

TEST_F(RevisionReaderTest, AFileOverTheLimitIsRefused) {
  const std::string big(300'000, 'b');
  put("big", big);
  const std::string id = push("big");
  EXPECT_EQ(reader_.read_file(kProject, id, "big"), big);
  EXPECT_EQ(error_code([&] { reader_.read_file(kProject, id, "big", 299'999); }), "file_too_large");
}

TEST_F(RevisionReaderTest, BranchesAndHistoryTellWhoAndWhat) {
  git({"checkout", "-q", "-b", "feature/x"});
  put("源码/模型.py", "m2");
  const std::string second = push("second");
  const auto branches = reader_.branches(kProject);
  ASSERT_EQ(branches.size(), 2U);
  EXPECT_EQ(branches[0].name, "feature/x");
  EXPECT_EQ(branches[0].commit, second);
  EXPECT_EQ(branches[0].title, "second");
  EXPECT_EQ(branches[0].author, "Ann");

  const auto log = reader_.log(kProject, second, 10);
  ASSERT_EQ(log.size(), 2U);
  EXPECT_THAT(log[0].parents, ElementsAre(head_));
  EXPECT_TRUE(log[1].parents.empty());
  EXPECT_EQ(log[1].title, "the first");
  EXPECT_EQ(log[1].message, "the first\n\nwith a body");
  EXPECT_EQ(log[1].author_email, "ann@example.org");
  EXPECT_GT(log[1].committed_at.time_since_epoch().count(), 1'600'000'000'000);
  EXPECT_EQ(reader_.log(kProject, second, 10, 0, "train.py").size(), 1U);
  EXPECT_EQ(reader_.log(kProject, second, 10, 1).size(), 1U);
  EXPECT_TRUE(reader_.log(kProject, second, 10, 0, "*.py").empty());
}

TEST_F(RevisionReaderTest, ManyThreadsAskAtOnceAndIdleProcessesAreClosed) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) EXPECT_EQ(reader_.resolve(kProject, "main"), head_);
    });
  }
  for (std::thread& thread : threads) thread.join();
  reader_.close_idle(std::chrono::seconds(0));
  EXPECT_EQ(reader_.resolve(kProject, "main"), head_);
}

}  // namespace
}  // namespace cloudbrain
