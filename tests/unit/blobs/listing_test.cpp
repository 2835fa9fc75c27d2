#include "blobs/listing.h"

#include <sys/stat.h>

#include "archives.h"

namespace cloudbrain {
namespace {

std::vector<std::string> paths_of(const std::optional<std::vector<ListedEntry>>& entries) {
  std::vector<std::string> paths;
  for (const ListedEntry& entry : entries.value()) paths.push_back(entry.path);
  return paths;
}

class ListingTest : public testing::Test {
 protected:
  void put(const std::string& path, std::string_view bytes) {
    make_directories((root_.path() / path).parent_path());
    write_file_atomic(root_.path() / path, bytes, Durable::no);
  }
  TemporaryDirectory root_;
};

TEST_F(ListingTest, FilesAndDirectoriesComeSortedWithTheirFacts) {
  put("b.txt", "12345");
  put("a/deep/x", "");
  const auto entries = list_directory(root_.path(), "").value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].path, "a");
  EXPECT_TRUE(entries[0].dir);
  EXPECT_EQ(entries[1].path, "b.txt");
  EXPECT_EQ(entries[1].size, 5);
  EXPECT_FALSE(entries[1].dir);
  EXPECT_NEAR(static_cast<double>(entries[1].modified_at.time_since_epoch().count()),
              static_cast<double>(SystemClock().now().time_since_epoch().count()), 60'000);
  EXPECT_THAT(paths_of(list_directory(root_.path(), "a")), testing::ElementsAre("a/deep"));
}

TEST_F(ListingTest, ADirectoryComesAPageAtATime) {
  for (const char* name : {"c", "a", "d", "b", "e"}) put(name, "");
  const auto names_of = [](const ListedPage& page) {
    std::vector<std::string> names;
    for (const ListedEntry& entry : page.entries) names.push_back(entry.path);
    return names;
  };
  const ListedPage first = list_directory_page(root_.path(), "", "", 2).value();
  EXPECT_THAT(names_of(first), testing::ElementsAre("a", "b"));
  EXPECT_EQ(first.next, "b");
  const ListedPage second = list_directory_page(root_.path(), "", *first.next, 3).value();
  EXPECT_THAT(names_of(second), testing::ElementsAre("c", "d", "e"));
  EXPECT_FALSE(second.next);
  EXPECT_TRUE(list_directory_page(root_.path(), "", "z", 3)->entries.empty());
  EXPECT_FALSE(list_directory_page(root_.path(), "none", "", 3));
}

TEST_F(ListingTest, WhatIsNoDirectoryInsideTheRootHasNoListing) {
  put("file", "");
  fs::create_symlink("/etc", root_.path() / "etc");
  for (const char* path : {"none", "file", "..", "/etc", "etc", "a/../..", "./"}) {
    EXPECT_FALSE(list_directory(root_.path(), path)) << path;
  }
}

TEST_F(ListingTest, OnlyWhatCanBeFetchedIsListed) {
  put("real", "123");
  put("\xff\xfe", "not UTF-8");
  fs::create_symlink("/etc/passwd", root_.path() / "out");
  fs::create_symlink("real", root_.path() / "link");
  fs::create_symlink("nowhere", root_.path() / "dangling");
  ASSERT_EQ(::mkfifo((root_.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(paths_of(list_directory(root_.path(), "")), testing::ElementsAre("link", "real"));
}

}  // namespace
}  // namespace cloudbrain
