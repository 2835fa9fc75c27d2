#include "blobs/dataset_trees.h"

#include <semaphore>

#include <sys/stat.h>

#include "archives.h"
#include "hostile_archives.h"

namespace cloudbrain {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

class DatasetTreesTest : public testing::Test {
 protected:
  std::string put(std::string_view bytes) {
    BlobStore::Upload upload = blobs_.begin(bytes.size());
    upload.write(bytes);
    return upload.finish().sha256;
  }
  std::string put_archive(const char* name) { return put(read_file(archives() / name)); }
  std::size_t staged() const {
    const fs::directory_iterator entries(root_.path() / "data/staging");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
  }

  TemporaryDirectory root_;
  BlobStore blobs_{root_.path() / "blobs"};
  DatasetTrees trees_{root_.path() / "data", blobs_};
};

TEST_F(DatasetTreesTest, APreparedDataSetIsThereAsTreeAndAsView) {
  const std::string sha256 = put_archive("dots.zip");
  EXPECT_FALSE(trees_.ready(sha256, "dots"));

  const DatasetPaths paths = trees_.prepare(sha256, "dots");

  EXPECT_THAT(tree_of(paths.tree), UnorderedElementsAre(Pair("a.txt", "1"), Pair("b", "dir"),
                                                        Pair("b/c.txt", "2"), Pair("d", "dir")));
  EXPECT_THAT(
      tree_of(paths.view),
      UnorderedElementsAre(Pair("a.txt", "1"), Pair("b", "dir"), Pair("b/c.txt", "2"),
                           Pair("d", "dir"), Pair("dots", "dir"), Pair(".dataset_cache_file", "")));
  EXPECT_TRUE(paths.mount_tree_in_view);
  EXPECT_EQ(trees_.ready(sha256, "dots")->view, paths.view);
  EXPECT_EQ(trees_.facts(sha256), (DatasetFacts{2, 2}));
  EXPECT_EQ(staged(), 0U);
}

TEST_F(DatasetTreesTest, TreeAndViewShareTheirBytes) {
  const DatasetPaths paths = trees_.prepare(put_archive("good.zip"), "good");
  EXPECT_TRUE(fs::equivalent(paths.tree / "dir/b.bin", paths.view / "dir/b.bin"));
}

TEST_F(DatasetTreesTest, AnEntryWithTheFoldersNameStaysWhatItIs) {
  const DatasetPaths paths = trees_.prepare(put_archive("good.zip"), "dir");
  EXPECT_FALSE(paths.mount_tree_in_view);
  EXPECT_TRUE(fs::exists(paths.view / "dir/b.bin"));
}

TEST_F(DatasetTreesTest, OneContentUnderTwoNamesIsUnpackedOnce) {
  const std::string sha256 = put_archive("good.zip");
  const DatasetPaths first = trees_.prepare(sha256, "one");
  const DatasetPaths second = trees_.prepare(sha256, "two");
  EXPECT_EQ(first.tree, second.tree);
  EXPECT_NE(first.view, second.view);
  EXPECT_FALSE(trees_.ready(sha256, "three"));
}

TEST_F(DatasetTreesTest, ManyAtOnceUnpackOnce) {
  constexpr int kThreads = 8;
  const std::string sha256 = put_archive("good.zip");
  std::atomic<int> started = 0;
  std::atomic<int> unpacked = 0;
  // The first to unpack is held until all have come.
  const auto at_end = [&](std::uint64_t, std::uint64_t) {
    ++unpacked;
    while (started < kThreads) std::this_thread::yield();
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const std::string folder = i % 2 == 0 ? "even" : "odd";
      ++started;
      EXPECT_TRUE(fs::exists(trees_.prepare(sha256, folder, at_end).view / "a.txt"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(unpacked, 1);
}

TEST_F(DatasetTreesTest, ABadArchiveLeavesNothingAndSaysWhy) {
  for (const Hostile& hostile : kHostileArchives) {
    const std::string sha256 = put_archive(hostile.archive);
    EXPECT_EQ(error_code([&] { trees_.prepare(sha256, "bad"); }), hostile.code) << hostile.archive;
    EXPECT_FALSE(trees_.ready(sha256, "bad")) << hostile.archive;
    EXPECT_FALSE(trees_.facts(sha256)) << hostile.archive;
    EXPECT_EQ(staged(), 0U) << hostile.archive;
  }
  EXPECT_TRUE(trees_.contents().empty());
}

TEST_F(DatasetTreesTest, BytesThatAreNotStoredAreMissing) {
  EXPECT_EQ(error_code([&] { trees_.prepare(std::string(64, 'a'), "x"); }), "blob_missing");
  EXPECT_EQ(error_code([&] { trees_.prepare(std::string(64, 'a'), "../x"); }), "folder_name");
  EXPECT_EQ(error_code([&] { trees_.prepare("../..", "x"); }), "not_a_sha256");
  EXPECT_FALSE(trees_.ready("../..", "x"));
}

TEST_F(DatasetTreesTest, ACancelledPrepareCanBeDoneAgain) {
  const std::string sha256 = put_archive("good.zip");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(error_code([&] { trees_.prepare(sha256, "good", {}, stop.get_token()); }),
            "unpack_cancelled");
  EXPECT_TRUE(fs::exists(trees_.prepare(sha256, "good").tree));
}

TEST_F(DatasetTreesTest, WhatACrashLeftIsRemovedAndWhatWasReadyStays) {
  const std::string sha256 = put_archive("good.zip");
  trees_.prepare(sha256, "good");
  make_directories(root_.path() / "data/staging/cloudbrain-0123/content/tree/half");

  {
    const DatasetTrees again(root_.path() / "data", blobs_);
    EXPECT_TRUE(again.ready(sha256, "good"));
  }

  EXPECT_EQ(staged(), 0U);
}

TEST_F(DatasetTreesTest, ATreeThatAPowerLossMayHaveHurtIsMadeAgain) {
  const std::string hurt = put_archive("good.zip");
  const std::string killed = put_archive("dots.zip");
  const std::string synced = put_archive("case.zip");
  const fs::path place = root_.path() / "hurt";
  {
    DatasetTrees first(place, blobs_);
    for (const std::string& sha256 : {hurt, killed, synced}) first.prepare(sha256, "d");
  }
  const auto mark = [&](const std::string& sha256) {
    return place / "trees" / sha256 / "unsynced";
  };
  write_file_atomic(mark(hurt), "another boot\n", Durable::no);
  write_file_atomic(mark(killed), read_file("/proc/sys/kernel/random/boot_id"), Durable::no);
  fs::remove(mark(synced));

  DatasetTrees again(place, blobs_);

  EXPECT_EQ(again.lost(), std::vector{hurt});
  EXPECT_FALSE(again.ready(hurt, "d"));
  EXPECT_TRUE(again.ready(killed, "d"));
  EXPECT_TRUE(again.ready(synced, "d"));
  EXPECT_TRUE(fs::exists(again.prepare(hurt, "d").tree / "a.txt"));
}

TEST_F(DatasetTreesTest, ANewTreeIsOnTheDiskSoonAfterItIsReady) {
  const std::string sha256 = put_archive("good.zip");
  trees_.prepare(sha256, "good");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (fs::exists(root_.path() / "data/trees" / sha256 / "unsynced")) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // between two looks
  }
}

TEST_F(DatasetTreesTest, ARemovalStopsWhoeverUnpacksTheSame) {
  const std::string sha256 = put_archive("good.zip");
  std::binary_semaphore begun(0);
  std::binary_semaphore removed(0);
  std::string code;
  std::thread worker([&] {
    code = error_code([&] {
      trees_.prepare(sha256, "good", [&](std::uint64_t, std::uint64_t) {
        begun.release();
        removed.acquire();
      });
    });
  });
  begun.acquire();
  blobs_.remove(sha256);
  std::thread remover([&] { trees_.remove(sha256); });
  removed.release();
  remover.join();
  worker.join();
  // It may have come to its end before it was told; then its tree is what was removed.
  EXPECT_THAT(code, testing::AnyOf("unpack_cancelled", ""));
  EXPECT_FALSE(trees_.ready(sha256, "good"));
  EXPECT_FALSE(fs::exists(root_.path() / "data/trees" / sha256));
}

TEST_F(DatasetTreesTest, ARemovedDataSetIsGoneAndCanComeBack) {
  const std::string sha256 = put_archive("good.zip");
  const DatasetPaths paths = trees_.prepare(sha256, "good");
  trees_.remove(sha256);
  EXPECT_FALSE(trees_.ready(sha256, "good"));
  EXPECT_FALSE(fs::exists(paths.tree));
  EXPECT_FALSE(fs::exists(paths.view));
  trees_.remove(sha256);
  EXPECT_TRUE(fs::exists(trees_.prepare(sha256, "good").tree));
}

}  // namespace
}  // namespace cloudbrain
