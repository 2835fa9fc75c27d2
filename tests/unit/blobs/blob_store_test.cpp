#include "blobs/blob_store.h"

#include <sys/stat.h>

#include "archives.h"

namespace cloudbrain {
namespace {

Blob put(BlobStore& store, std::string_view bytes) {
  BlobStore::Upload upload = store.begin(bytes.size());
  upload.write(bytes.substr(0, bytes.size() / 2));
  upload.write(bytes.substr(bytes.size() / 2));
  return upload.finish();
}

std::size_t entries_in(const fs::path& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

class BlobStoreTest : public testing::Test {
 protected:
  TemporaryDirectory root_;
  BlobStore store_{root_.path()};
};

TEST_F(BlobStoreTest, WhatWasUploadedIsFoundByItsHash) {
  const Blob blob = put(store_, "hello world");

  EXPECT_EQ(blob.sha256, sha256_hex("hello world"));
  EXPECT_EQ(blob.size, 11U);
  EXPECT_EQ(store_.size(blob.sha256), 11U);
  EXPECT_EQ(read_file(store_.path(blob.sha256)), "hello world");
  EXPECT_TRUE(store_.open(blob.sha256));
  EXPECT_EQ(entries_in(root_.path() / "incoming"), 0U);
}

TEST_F(BlobStoreTest, TheSameBytesTakeSpaceOnce) {
  const Blob first = put(store_, "same");
  struct stat before{};
  ::stat(store_.path(first.sha256).c_str(), &before);

  const Blob second = put(store_, "same");

  EXPECT_EQ(first, second);
  struct stat after{};
  ::stat(store_.path(first.sha256).c_str(), &after);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(entries_in(root_.path() / "sha256" / first.sha256.substr(0, 2)), 1U);
}

TEST_F(BlobStoreTest, AnUploadThatIsGivenUpLeavesNothing) {
  {
    BlobStore::Upload upload = store_.begin();
    upload.write(std::string_view("half"));
    BlobStore::Upload moved = std::move(upload);
    EXPECT_EQ(entries_in(root_.path() / "incoming"), 1U);
  }
  EXPECT_EQ(entries_in(root_.path() / "incoming"), 0U);
}

TEST_F(BlobStoreTest, LeftoversOfACrashAreRemovedAtStart) {
  write_file_atomic(root_.path() / "incoming" / "upload-0123", "half", Durable::no);
  const Blob kept = put(store_, "whole");

  const BlobStore again(root_.path());

  EXPECT_EQ(entries_in(root_.path() / "incoming"), 0U);
  EXPECT_EQ(again.size(kept.sha256), 5U);
}

TEST_F(BlobStoreTest, MoreThanTheDiskHoldsIsRefusedBeforeTheFirstByte) {
  EXPECT_EQ(error_code([&] { store_.begin(1ULL << 60U); }), "disk_full");
  EXPECT_EQ(entries_in(root_.path() / "incoming"), 0U);
}

TEST_F(BlobStoreTest, AMissingBlobIsEmptyAndAHashThatIsNoneTouchesNoFile) {
  const std::string unknown(64, '0');
  EXPECT_FALSE(store_.open(unknown));
  EXPECT_FALSE(store_.size(unknown));
  EXPECT_FALSE(store_.remove(unknown));
  EXPECT_FALSE(store_.open("../../etc/passwd"));
  EXPECT_FALSE(store_.remove(std::string(64, 'G')));
  EXPECT_EQ(error_code([&] { (void)store_.path("../x"); }), "not_a_sha256");
}

TEST_F(BlobStoreTest, ARemovedBlobCanBeUploadedAgain) {
  const Blob blob = put(store_, "again");
  EXPECT_TRUE(store_.remove(blob.sha256));
  EXPECT_FALSE(store_.size(blob.sha256));
  EXPECT_EQ(put(store_, "again"), blob);
  EXPECT_TRUE(store_.size(blob.sha256));
}

TEST_F(BlobStoreTest, ManyUploadsOfOneContentAtOnceMakeOneBlob) {
  const std::string bytes(3U << 20U, 'b');
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(put(store_, bytes).size, bytes.size()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sha256_hex(read_file(store_.path(sha256_hex(bytes)))), sha256_hex(bytes));
}

}  // namespace
}  // namespace cloudbrain
