#include "git/commit_files.h"

#include "git_test.h"

namespace cloudbrain {
namespace {

class CommitFilesTest : public GitTest {
 protected:
  CommitRequest request(std::vector<FileChange> files) {
    return {.branch = "main",
            .message = "message",
            .files = std::move(files),
            .author = {"Bob <x>", "bob@example.org"},
            .time = kTime,
            .expected_head = {}};
  }
  std::string save_all(std::vector<FileChange> files) {
    return commit_files(repositories_, reader_, kProject, request(std::move(files)));
  }
  // "field code", of the first problem.
  std::string problem_of(std::vector<FileChange> files) {
    try {
      save_all(std::move(files));
      return "";
    } catch (const Error& error) {
      if (error.problems().empty()) return error.code();
      return error.problems().front().field + " " + error.problems().front().code;
    }
  }
};

TEST_F(CommitFilesTest, TheFirstCommitOfAnEmptyRepositoryIsARoot) {
  const std::string id =
      save_all({{"train.py", "print(1)\n", {}}, {"源码/模型 \"1\".py", "m", {}}});
  EXPECT_EQ(reader_.resolve(kProject, "main"), id);
  EXPECT_EQ(reader_.read_file(kProject, id, "源码/模型 \"1\".py"), "m");
  const Commit commit = reader_.log(kProject, id, 1).at(0);
  EXPECT_TRUE(commit.parents.empty());
  EXPECT_EQ(commit.author_name, "Bob x");
  EXPECT_EQ(commit.message, "message");
  EXPECT_EQ(commit.committed_at, kTime);
  run_git(git_process(repositories_.path(kProject), {"fsck", "--strict"}));
}

TEST_F(CommitFilesTest, FilesAreAddedChangedAndDeletedInOneCommit) {
  const std::string first = save_all({{"a", "1", {}}, {"b", "2", true}, {"c", "3", {}}});
  const std::string second =
      save_all({{"a", {}, {}}, {"b", "changed", {}}, {"d/e", std::string("\0\n\xff", 3), {}}});
  EXPECT_FALSE(reader_.file_exists(kProject, second, "a"));
  EXPECT_EQ(reader_.read_file(kProject, second, "b"), "changed");
  EXPECT_EQ(reader_.read_file(kProject, second, "c"), "3");
  EXPECT_EQ(reader_.read_file(kProject, second, "d/e"), std::string("\0\n\xff", 3));
  EXPECT_EQ(reader_.log(kProject, second, 1).at(0).parents.at(0), first);
  const auto entries = reader_.list_tree(kProject, second, "").value();
  EXPECT_TRUE(std::ranges::find(entries, "b", &TreeEntry::name)->executable);
}

TEST_F(CommitFilesTest, ACommitOnAHeadThatIsNotTheBranchsAnyMoreIsAConflict) {
  const std::string first = save("a", "1");
  const std::string second = save("a", "2");
  CommitRequest late = request({{"a", "3", {}}});
  late.expected_head = first;
  EXPECT_EQ(error_code([&] { commit_files(repositories_, reader_, kProject, late); }),
            "branch_moved");
  late.expected_head = second;
  EXPECT_EQ(error_code([&] { commit_files(repositories_, reader_, kProject, late); }), "");
}

TEST_F(CommitFilesTest, ManyAtOnceAllGetIn) {
  save("base", "0");
  constexpr int kThreads = 4;
  std::atomic<int> started = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      ++started;
      while (started < kThreads) std::this_thread::yield();
      EXPECT_EQ(error_code([&] { save("file" + std::to_string(i), "x"); }), "");
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string head = reader_.resolve(kProject, "main").value();
  EXPECT_EQ(reader_.log(kProject, head, 100).size(), kThreads + 1U);
  EXPECT_EQ(reader_.list_tree(kProject, head, "")->size(), kThreads + 1U);
}

TEST_F(CommitFilesTest, WhatCannotBeIsRefusedWithItsField) {
  save_all({{"file", "1", {}}, {"dir/inside", "2", {}}});
  const std::string head = reader_.resolve(kProject, "main").value();
  EXPECT_EQ(problem_of({}), "files no_files");
  for (const char* path :
       {"", "/a", "../a", "a/../b", ".git/config", "a/.GIT/b", "git~1", "a\nb", "a\\b", "\xff"}) {
    EXPECT_EQ(problem_of({{path, "x", {}}}), "files[0].path file_path") << path;
  }
  EXPECT_EQ(problem_of({{"x", "1", {}}, {"x", "2", {}}}), "files[1].path file_duplicate");
  EXPECT_EQ(problem_of({{"none", {}, {}}}), "files[0].path file_missing");
  EXPECT_EQ(problem_of({{"dir", {}, {}}}), "files[0].path file_missing");
  EXPECT_EQ(problem_of({{"dir", "x", {}}}), "files[0].path file_is_directory");
  EXPECT_EQ(problem_of({{"file/below", "x", {}}}), "files[0].path parent_is_file");
  EXPECT_EQ(problem_of({{"n", "x", {}}, {"n/m", "x", {}}}), "files[1].path parent_is_file");
  EXPECT_EQ(reader_.resolve(kProject, "main"), head);
  EXPECT_EQ(problem_of({{"file", {}, {}}, {"file/below", "x", {}}}), "");
}

TEST_F(CommitFilesTest, AnUnknownBranchIsMadeOnlyInAnEmptyRepository) {
  save("a", "1");
  CommitRequest other = request({{"a", "3", {}}});
  other.branch = "other";
  EXPECT_EQ(error_code([&] { commit_files(repositories_, reader_, kProject, other); }),
            "branch_missing");
  other.branch = "--force";
  EXPECT_EQ(error_code([&] { commit_files(repositories_, reader_, kProject, other); }),
            "branch_name");
}

TEST_F(CommitFilesTest, ACommitOfThePlatformIsClonedLikeAnyOther) {
  save("a", "1");
  clone();
  EXPECT_EQ(read_file(copy_ / "a"), "1");
  put("a", "2");
  push("by hand");
  save("a", "3");
  git({"pull", "-q"});
  EXPECT_EQ(read_file(copy_ / "a"), "3");
}

}  // namespace
}  // namespace cloudbrain
