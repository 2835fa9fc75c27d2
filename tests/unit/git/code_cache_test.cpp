#include "git/reading/code_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include "git_test.h"

namespace cloudbrain {
namespace {

class CodeCacheTest : public GitTest {
 protected:
  CodeCacheTest() { clone(); }
  fs::path target(const std::string& name = "task") { return room_.path() / name; }
  std::size_t cached() const {
    const fs::directory_iterator entries(room_.path() / "cache");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
  }
};

TEST_F(CodeCacheTest, AnExportIsWhatACloneWouldHoldWithoutGit) {
  put("train.py", "print(1)\n");
  put("data/.hidden", "h");
  put("crlf.txt", "a\nb\n");
  put("secret.txt", "not for archives");
  put(".gitattributes", "crlf.txt text eol=crlf\nsecret.txt export-ignore\n");
  fs::permissions(copy_ / "train.py", fs::perms(0755));
  fs::create_symlink("/etc/passwd", copy_ / "outside");
  const std::string id = push("all");

  export_commit(repositories_.path(kProject), id, target());

  EXPECT_EQ(read_file(target() / "train.py"), "print(1)\n");
  EXPECT_EQ(read_file(target() / "data/.hidden"), "h");
  EXPECT_EQ(read_file(target() / "crlf.txt"), "a\r\nb\r\n");
  EXPECT_EQ(read_file(target() / "secret.txt"), "not for archives");
  EXPECT_EQ(fs::read_symlink(target() / "outside"), "/etc/passwd");
  EXPECT_NE(fs::status(target() / "train.py").permissions() & fs::perms::owner_exec,
            fs::perms::none);
  EXPECT_FALSE(fs::exists(target() / ".git"));
  for (const auto& entry : fs::directory_iterator(room_.path())) {
    EXPECT_FALSE(entry.path().filename().native().starts_with(".index")) << entry.path();
  }
}

TEST_F(CodeCacheTest, ACommitThatIsNotThereIsMissing) {
  push("one");
  EXPECT_EQ(error_code([&] {
              export_commit(repositories_.path(kProject), std::string(40, 'a'), target());
            }),
            "commit_missing");
  EXPECT_EQ(error_code([&] { export_commit(repositories_.path(kProject), "--help", target()); }),
            "commit_missing");
  EXPECT_FALSE(fs::exists(target()));
}

TEST_F(CodeCacheTest, TasksGetTheirOwnCopies) {
  put("train.py", "print(1)\n");
  const std::string id = push("one");
  CodeCache cache(room_.path() / "cache", repositories_);
  cache.copy_to(kProject, id, target("a"));
  write_file_atomic(target("a") / "train.py", "changed", Durable::no);
  cache.copy_to(kProject, id, target("b"));
  EXPECT_EQ(read_file(target("b") / "train.py"), "print(1)\n");
  EXPECT_EQ(cached(), 1U);
  EXPECT_EQ(cache.bytes(), 9U);
}

TEST_F(CodeCacheTest, ACopyBelongsToItsTask) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  put("d/train.py", "print(1)\n");
  const std::string id = push("one");
  CodeCache cache(room_.path() / "cache", repositories_);
  cache.copy_to(kProject, id, target(), 12'345);
  for (const char* path : {".", "d", "d/train.py"}) {
    struct stat status{};
    ASSERT_EQ(::stat((target() / path).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 12'345U) << path;
  }
}

TEST_F(CodeCacheTest, ManyAtOnceExportOnce) {
  put("train.py", "print(1)\n");
  const std::string id = push("one");
  CodeCache cache(room_.path() / "cache", repositories_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      cache.copy_to(kProject, id, target(std::to_string(i)));
      EXPECT_EQ(read_file(target(std::to_string(i)) / "train.py"), "print(1)\n");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cached(), 1U);
}

TEST_F(CodeCacheTest, WhatWasNotUsedForLongestGoesFirst) {
  CodeCache cache(room_.path() / "cache", repositories_, 2500);
  std::vector<std::string> ids;
  for (const char* content : {"a", "b", "c"}) {
    put("file", std::string(1000, *content));
    ids.push_back(push(content));
  }
  cache.copy_to(kProject, ids[0], target("0"));
  cache.copy_to(kProject, ids[1], target("1"));
  cache.copy_to(kProject, ids[0], target("0 again"));
  cache.copy_to(kProject, ids[2], target("2"));
  EXPECT_EQ(cache.bytes(), 2000U);
  EXPECT_EQ(cached(), 2U);
  cache.copy_to(kProject, ids[1], target("1 again"));
  EXPECT_EQ(read_file(target("1 again") / "file"), std::string(1000, 'b'));
}

TEST_F(CodeCacheTest, AFailedExportCanBeTriedAgainAndLeftoversAreRemoved) {
  make_directories(room_.path() / "cache/half/exported");
  {
    CodeCache cache(room_.path() / "cache", repositories_);
    const std::string unknown(40, 'b');
    EXPECT_EQ(error_code([&] { cache.copy_to(kProject, unknown, target()); }), "commit_missing");
    EXPECT_EQ(error_code([&] { cache.copy_to(kProject, unknown, target()); }), "commit_missing");
    put("a", "1");
    cache.copy_to(kProject, push("one"), target());
    while (fs::exists(room_.path() / "cache/half")) std::this_thread::yield();
  }
}

}  // namespace
}  // namespace cloudbrain
