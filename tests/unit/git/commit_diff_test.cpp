#include "git/reading/commit_diff.h"

#include "git_test.h"

namespace cloudbrain {
namespace {

using Status = FileDiff::Status;
using testing::HasSubstr;

class CommitDiffTest : public GitTest {
 protected:
  CommitDiffTest() { clone(); }
  CommitDiff diff_of(const std::string& commit, const DiffLimits& limits = {}) {
    const Commit found = reader_.find_commit(kProject, commit).value();
    std::optional<std::string_view> parent;
    if (!found.parents.empty()) parent = found.parents[0];
    return commit_diff(repositories_, kProject, commit, parent, limits);
  }
  static const FileDiff& file(const CommitDiff& diff, std::string_view path) {
    for (const FileDiff& one : diff.files) {
      if (one.path == path) return one;
    }
    throw std::runtime_error("no such file in the diff");
  }
};

TEST_F(CommitDiffTest, EachSortOfChangeIsTold) {
  put("changed", "1\n2\n3\n");
  put("gone", "x\n");
  put("old name", "a\nb\nc\nd\n");
  put("binary", std::string("\0\1\2", 3));
  push("first");
  put("changed", "1\ntwo\n3\n4\n");
  fs::remove(copy_ / "gone");
  fs::rename(copy_ / "old name", copy_ / "新 name");
  put("binary", std::string("\0\1\3", 3));
  put("empty", "");
  const CommitDiff diff = diff_of(push("second"));
  ASSERT_EQ(diff.files.size(), 5U);
  EXPECT_FALSE(diff.cut);
  EXPECT_EQ(file(diff, "changed").status, Status::modified);
  EXPECT_EQ(file(diff, "changed").additions, 2);
  EXPECT_EQ(file(diff, "changed").deletions, 1);
  EXPECT_EQ(file(diff, "changed").patch, "@@ -1,3 +1,4 @@\n 1\n-2\n+two\n 3\n+4\n");
  EXPECT_EQ(file(diff, "gone").status, Status::deleted);
  EXPECT_EQ(file(diff, "gone").deletions, 1);
  EXPECT_EQ(file(diff, "新 name").status, Status::renamed);
  EXPECT_EQ(file(diff, "新 name").old_path, "old name");
  EXPECT_TRUE(file(diff, "binary").binary);
  EXPECT_EQ(file(diff, "empty").status, Status::added);
  EXPECT_EQ(file(diff, "empty").patch, "");
}

TEST_F(CommitDiffTest, TheFirstCommitAddsAll) {
  put("a", "1\n");
  const CommitDiff diff = diff_of(push("first"));
  ASSERT_EQ(diff.files.size(), 1U);
  EXPECT_EQ(diff.files[0].status, Status::added);
  EXPECT_EQ(diff.files[0].patch, "@@ -0,0 +1 @@\n+1\n");
}

TEST_F(CommitDiffTest, AFileThatBecomesALinkIsOneChange) {
  put("a", "1\n");
  put("b", "1\n");
  push("first");
  fs::remove(copy_ / "a");
  fs::create_symlink("b", copy_ / "a");
  put("b", "2\n");
  const CommitDiff diff = diff_of(push("second"));
  ASSERT_EQ(diff.files.size(), 2U);
  EXPECT_THAT(*file(diff, "a").patch, HasSubstr("+b\n"));
  EXPECT_EQ(file(diff, "b").patch, "@@ -1 +1 @@\n-1\n+2\n");
}

TEST_F(CommitDiffTest, TextThatLooksLikeAPatchIsText) {
  put("a", "diff --git a/x b/x\n@@ -1 +1 @@\n--- x\n+++ y\n");
  put("b", "1\n");
  const CommitDiff diff = diff_of(push("first"));
  ASSERT_EQ(diff.files.size(), 2U);
  EXPECT_EQ(diff.files[0].additions, 4);
  EXPECT_EQ(diff.files[1].patch, "@@ -0,0 +1 @@\n+1\n");
}

TEST_F(CommitDiffTest, MoreThanTheLimitIsCut) {
  for (int i = 0; i < 20; ++i) put("f" + std::to_string(i), std::string(1000, 'x') + "\n");
  const std::string id = push("many");
  const CommitDiff few = diff_of(id, {.files = 5});
  EXPECT_EQ(few.files.size(), 5U);
  EXPECT_TRUE(few.cut);
  EXPECT_TRUE(few.files[4].patch);
  const CommitDiff large = diff_of(id, {.patch_bytes = 5000});
  EXPECT_EQ(large.files.size(), 20U);
  EXPECT_TRUE(large.cut);
  EXPECT_TRUE(large.files[0].patch);
  EXPECT_FALSE(large.files[19].patch);
  EXPECT_EQ(large.files[19].additions, 1);
}

}  // namespace
}  // namespace cloudbrain
