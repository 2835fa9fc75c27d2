#include "blobs/zip_stream.h"

#include <sys/stat.h>
#include <unistd.h>

#include "archives.h"

namespace cloudbrain {
namespace {

void put(const fs::path& path, std::string_view bytes) {
  make_directories(path.parent_path());
  write_file_atomic(path, bytes, Durable::no);
}

class ZipStreamTest : public testing::Test {
 protected:
  ZipStreamTest() { make_directories(output_); }

  void save(ZipStream& zip) {
    const Fd file = open_file(zip_, O_WRONLY | O_CREAT | O_TRUNC);
    std::string piece;
    while (zip.read(piece)) write_all(file.get(), piece, "zip");
    EXPECT_TRUE(piece.empty());
  }
  // What Python's zipfile reads: "name size crc-ok" lines.
  std::string listing() {
    return run_ok({"python3", "-c",
                   "import sys, zipfile\n"
                   "z = zipfile.ZipFile(sys.argv[1])\n"
                   "assert z.testzip() is None\n"
                   "for i in z.infolist(): print(i.filename, i.file_size)",
                   zip_.native()});
  }

  TemporaryDirectory room_;
  fs::path output_ = room_.path() / "output";
  fs::path zip_ = room_.path() / "all.zip";
};

TEST_F(ZipStreamTest, TwoOtherProgramsReadItBack) {
  const std::string big(700'000, 'm');
  put(output_ / "model/lenet.pth", big);
  put(output_ / "log.txt", "loss 0.1\n");
  make_directories(output_ / "empty");
  ZipStream zip(output_, "");
  save(zip);

  EXPECT_EQ(listing(), "empty/ 0\nlog.txt 9\nmodel/ 0\nmodel/lenet.pth 700000\n");
  run_ok({"unzip", "-tqq", zip_.native()});
  run_ok({"unzip", "-qq", zip_.native(), "-d", (room_.path() / "back").native()});
  EXPECT_EQ(tree_of(room_.path() / "back"), tree_of(output_));
}

TEST_F(ZipStreamTest, AFolderBelowTheRootIsNamedByThePrefix) {
  put(output_ / "a/b/c.txt", "c");
  put(output_ / "a/other.txt", "no");
  ZipStream zip(output_, "a/b", "results");
  save(zip);
  EXPECT_EQ(listing(), "results/c.txt 1\n");
}

TEST_F(ZipStreamTest, AnEmptyFolderIsAnEmptyZip) {
  ZipStream zip(output_, "");
  save(zip);
  EXPECT_EQ(listing(), "");
}

TEST_F(ZipStreamTest, ChineseNamesAreKeptAndOthersDecoded) {
  put(output_ / "结果.txt", "1");
  put(output_ / "\xbd\xe1\xb9\xfb", "2");
  ZipStream zip(output_, "");
  save(zip);
  EXPECT_EQ(listing(), "结果 1\n结果.txt 1\n");
}

TEST_F(ZipStreamTest, NoLinkLeadsOutAndNoPipeBlocks) {
  put(room_.path() / "secret.txt", "secret");
  put(output_ / "real.txt", "real");
  fs::create_symlink("../secret.txt", output_ / "out");
  fs::create_symlink("/etc/passwd", output_ / "passwd");
  fs::create_symlink(".", output_ / "circle");
  fs::create_symlink("real.txt", output_ / "inside");
  ASSERT_EQ(::mkfifo((output_ / "pipe").c_str(), 0600), 0);
  ZipStream zip(output_, "");
  save(zip);
  EXPECT_EQ(listing(), "inside 4\nreal.txt 4\n");
}

TEST_F(ZipStreamTest, FilesThatChangeWhileTheyAreReadLeaveTheZipWhole) {
  for (const char* name : {"a-shrinks", "b-grows", "c-vanishes"}) {
    put(output_ / name, std::string(1U << 20U, 'x'));
  }
  ZipStream zip(output_, "");
  const Fd file = open_file(zip_, O_WRONLY | O_CREAT | O_TRUNC);
  std::string piece;
  ASSERT_TRUE(zip.read(piece));  // a-shrinks is open now
  write_all(file.get(), piece, "zip");
  fs::resize_file(output_ / "a-shrinks", 300'000);
  while (zip.read(piece)) {
    write_all(file.get(), piece, "zip");
    const Fd grown = try_open_file(output_ / "b-grows", O_WRONLY | O_APPEND);
    write_all(grown.get(), std::string(2U << 20U, 'y'), "b-grows");
    fs::remove(output_ / "c-vanishes");
  }
  EXPECT_THAT(listing(), testing::MatchesRegex("a-shrinks [0-9]+\nb-grows [0-9]+\n"));
  run_ok({"unzip", "-tqq", zip_.native()});
}

TEST_F(ZipStreamTest, MoreThan65535EntriesAreCounted) {
  make_directories(output_ / "many");
  for (int i = 0; i < 66'000; ++i) {
    open_file(output_ / "many" / std::to_string(i), O_WRONLY | O_CREAT | O_EXCL);
  }
  ZipStream zip(output_, "many");
  save(zip);
  const std::string count = run_ok(
      {"python3", "-c", "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))",
       zip_.native()});
  EXPECT_EQ(count, "66000\n");
}

// Needs 4 GiB of disk and half a minute: run by hand with --gtest_also_run_disabled_tests.
TEST_F(ZipStreamTest, DISABLED_AFileOfMoreThan4GiBIsWhole) {
  open_file(output_ / "big", O_WRONLY | O_CREAT);
  fs::resize_file(output_ / "big", (4ULL << 30U) + 12'345);
  put(output_ / "small", "after");
  ZipStream zip(output_, "");
  save(zip);
  EXPECT_EQ(listing(), "big 4294979641\nsmall 5\n");
  run_ok({"unzip", "-tqq", zip_.native()});
}

TEST_F(ZipStreamTest, AMissingFolderIsAnError) {
  EXPECT_EQ(error_code([&] { ZipStream(output_, "none"); }), "folder_missing");
  EXPECT_EQ(error_code([&] { ZipStream(output_, "../.."); }), "folder_missing");
}

}  // namespace
}  // namespace cloudbrain
