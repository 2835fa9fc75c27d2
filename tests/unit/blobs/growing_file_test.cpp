#include "blobs/uploads/growing_file.h"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/error.h"
#include "blobs/uploads/upload_files.h"

namespace cloudbrain {
namespace {

std::string noise(std::size_t size, unsigned seed = 1) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24U);
  return bytes;
}

class GrowingFileTest : public testing::Test {
 protected:
  GrowingFile create() { return GrowingFile::create(hashers_, directory_.path() / "file"); }
  std::optional<GrowingFile> open() {
    return GrowingFile::open(hashers_, directory_.path() / "file");
  }
  std::string content() { return read_file(directory_.path() / "file"); }

  TemporaryDirectory directory_;
  KeyedPool hashers_{"hash", 2};
};

TEST_F(GrowingFileTest, IsHashedWhileItGrows) {
  const std::string bytes = noise(9'000'000);
  GrowingFile file = create();
  for (std::size_t at = 0; at < bytes.size(); at += 300'000) {
    file.append(std::span(bytes).subspan(at, std::min<std::size_t>(300'000, bytes.size() - at)));
  }
  EXPECT_EQ(file.sha256(), sha256_hex(bytes));
  EXPECT_EQ(file.size(), bytes.size());
  EXPECT_TRUE(content() == bytes);
}

TEST_F(GrowingFileTest, OfAFewBytesOrNoneHasItsHashToo) {
  GrowingFile file = create();
  EXPECT_EQ(file.sha256(), sha256_hex(""));
  EXPECT_EQ(file.sha256(), sha256_hex(""));
}

TEST_F(GrowingFileTest, TakenUpAgainItGoesOnAtItsEnd) {
  const std::string bytes = noise(5'000'000);
  create().append(std::span(bytes).first(3'000'000));
  std::optional<GrowingFile> again = open();
  ASSERT_EQ(again->size(), 3'000'000U);
  again->append(std::span(bytes).subspan(3'000'000));
  EXPECT_EQ(again->sha256(), sha256_hex(bytes));
}

TEST_F(GrowingFileTest, CutBytesAreNeitherInTheFileNorInTheHash) {
  const std::string bytes = noise(6'000'000);
  GrowingFile file = create();
  file.append(std::span(bytes).first(2'000'000));
  file.hold_hash();
  file.append(noise(3'000'000, 7));
  file.cut_to(2'000'000);
  file.release_hash();
  file.append(std::span(bytes).subspan(2'000'000));
  EXPECT_EQ(file.sha256(), sha256_hex(bytes));
  EXPECT_TRUE(content() == bytes);
}

TEST_F(GrowingFileTest, BytesThatWereHashedAlreadyCanBeCutToo) {
  const std::string bytes = noise(4'000'000);
  GrowingFile file = create();
  file.append(bytes);
  file.cut_to(1'500'000);
  EXPECT_EQ(file.sha256(), sha256_hex(bytes.substr(0, 1'500'000)));
}

TEST_F(GrowingFileTest, WhatCouldNotBeWrittenIsNotInTheHash) {
  const std::string bytes = noise(6'000'000);
  GrowingFile file = create();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{3'000'000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  file.append(std::span(bytes).first(2'000'000));
  EXPECT_THROW(file.append(std::span(bytes).subspan(2'000'000)), Error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_EQ(file.size(), 3'000'000U);
  file.append(std::span(bytes).subspan(3'000'000));
  EXPECT_EQ(file.sha256(), sha256_hex(bytes));
}

TEST_F(GrowingFileTest, TakesInOtherFilesWhole) {
  const std::string bytes = noise(2'500'000);
  write_file_atomic(directory_.path() / "other", bytes, Durable::no);
  GrowingFile file = create();
  file.append(bytes);
  file.append_file(directory_.path() / "other");
  EXPECT_EQ(file.sha256(), sha256_hex(bytes + bytes));
}

TEST_F(GrowingFileTest, DestroyedWhileItIsHashedItLeavesTheFileAlone) {
  const std::string bytes = noise(8'000'000);
  create().append(bytes);
  EXPECT_TRUE(content() == bytes);
}

TEST(UploadFiles, KnowsNoNameButAnId) {
  const TemporaryDirectory directory;
  BlobStore blobs(directory.path());
  UploadFiles files(blobs);
  for (const char* name : {"", "..", "../incoming/x", "ABCDEFABCDEFABCDEFABCDEFABCDEFAB",
                           "0123456789abcdef0123456789abcdef0", "/etc/passwd"}) {
    EXPECT_THROW(static_cast<void>(files.create(name)), Error) << name;
    EXPECT_THROW(files.remove(name), Error) << name;
  }
}

TEST(UploadFiles, ABlobKeptFromAnUploadOutlivesIt) {
  const TemporaryDirectory directory;
  BlobStore blobs(directory.path());
  UploadFiles files(blobs);
  const std::string id(32, 'a');
  GrowingFile file = files.create(id);
  file.append(noise(1000));
  const Blob blob = blobs.keep(file);
  EXPECT_EQ(blobs.keep(file), blob);  // once more changes nothing
  EXPECT_EQ(files.ids(), std::vector<std::string>{id});
  files.remove(id);
  EXPECT_EQ(read_file(blobs.path(blob.sha256)), noise(1000));
  EXPECT_FALSE(files.size(id));
}

}  // namespace
}  // namespace cloudbrain
