#include "blobs/unpack.h"

#include <sys/stat.h>

#include "archives.h"
#include "blobs/archive_reader.h"
#include "hostile_archives.h"

namespace cloudbrain {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

std::string counting_bytes() {
  std::string bytes;
  for (int i = 0; i < 256'000; ++i) bytes += static_cast<char>(i % 256);
  return bytes;
}

class UnpackTest : public testing::Test {
 protected:
  UnpackTest() { make_directories(target_); }

  UnpackStatistics unpack(const std::string& name, const UnpackLimits& limits = {}) {
    return unpack_archive(open_file(archives() / name, O_RDONLY).get(), target_, limits);
  }
  std::string refusal(const std::string& name, const UnpackLimits& limits = {}) {
    remove_tree(target_);  // what an earlier refusal left half filled
    make_directories(target_);
    return error_code([&] { unpack(name, limits); });
  }

  TemporaryDirectory room_;
  fs::path target_ = room_.path() / "tree";  // what lies beside it must stay untouched
};

class GoodArchive : public UnpackTest, public testing::WithParamInterface<const char*> {};

TEST_P(GoodArchive, ComesOutAsItWentIn) {
  const UnpackStatistics statistics = unpack(GetParam());

  EXPECT_THAT(tree_of(target_),
              UnorderedElementsAre(Pair("a.txt", "alpha\n"), Pair("dir", "dir"),
                                   Pair("dir/b.bin", counting_bytes()), Pair("dir/deep", "dir"),
                                   Pair("dir/deep/c", "")));
  EXPECT_EQ(statistics.files, 3U);
  EXPECT_EQ(statistics.directories, 2U);
  EXPECT_EQ(statistics.bytes, 256'006U);
}

INSTANTIATE_TEST_SUITE_P(Formats, GoodArchive,
                         testing::Values("good.zip", "stored.zip", "good.tar", "good.tar.gz"));

TEST_F(UnpackTest, ATarOfZstdComesOut) {
  run_ok({"tar", "--zstd", "-cf", (room_.path() / "z.tar.zst").native(), "-C", archives().native(),
          "good.tar"});
  unpack_archive(open_file(room_.path() / "z.tar.zst", O_RDONLY).get(), target_);
  EXPECT_EQ(read_file(target_ / "good.tar"), read_file(archives() / "good.tar"));
}

TEST_F(UnpackTest, DotsAndDoubleSlashesInPathsMeanNothing) {
  unpack("dots.zip");
  EXPECT_THAT(tree_of(target_), UnorderedElementsAre(Pair("a.txt", "1"), Pair("b", "dir"),
                                                     Pair("b/c.txt", "2"), Pair("d", "dir")));
}

TEST_F(UnpackTest, ChineseNamesComeOutRightWhateverTheirEncodingWas) {
  unpack("unicode.zip");
  unpack("gbk.zip");
  unpack("gbk.tar");
  const auto tree = tree_of(target_);
  EXPECT_EQ(tree.count("数据/训练集.txt"), 1U);
  EXPECT_EQ(tree.count("图片/猫狗.txt"), 1U);
  EXPECT_EQ(tree.count("数据集一"), 1U);
}

TEST_F(UnpackTest, NamesThatDifferInCaseAreTwoFiles) {
  unpack("case.zip");
  EXPECT_EQ(read_file(target_ / "Data.txt"), "upper");
  EXPECT_EQ(read_file(target_ / "data.txt"), "lower");
}

TEST_F(UnpackTest, OfTwoEntriesWithOneNameTheLaterWins) {
  const UnpackStatistics statistics = unpack("twice.tar");
  EXPECT_EQ(read_file(target_ / "f"), "second");
  EXPECT_EQ(statistics.files, 1U);
}

TEST_F(UnpackTest, LinksThatStayInsideAreKept) {
  unpack("links-inside.tar");
  EXPECT_EQ(fs::read_symlink(target_ / "d/s"), "f");
  EXPECT_EQ(read_file(target_ / "e/up"), "hello");
  EXPECT_EQ(fs::hard_link_count(target_ / "h"), 2U);
  EXPECT_TRUE(fs::is_symlink(target_ / "dangling"));
}

TEST_F(UnpackTest, EverybodyMayReadAndNobodyBecomesRoot) {
  const mode_t before = ::umask(077);
  unpack("modes.tar");
  unpack("setuid.zip");
  ::umask(before);
  const auto mode = [&](const char* name) {
    struct stat status{};
    EXPECT_EQ(::stat((target_ / name).c_str(), &status), 0);
    return status.st_mode & 07777U;
  };
  EXPECT_EQ(mode("setuid"), 0755U);
  EXPECT_EQ(mode("zipped-setuid"), 0755U);
  EXPECT_EQ(mode("secret"), 0644U);
  EXPECT_EQ(mode("d"), 0755U);
  EXPECT_EQ(mode("d/inside"), 0644U);
}

class HostileArchive : public UnpackTest, public testing::WithParamInterface<Hostile> {};

TEST_P(HostileArchive, IsRefusedAndWritesNothingOutside) {
  EXPECT_EQ(refusal(GetParam().archive), GetParam().code);
  const auto around = tree_of(room_.path());
  for (const auto& [path, content] : around) EXPECT_TRUE(path.starts_with("tree")) << path;
  EXPECT_FALSE(fs::exists("/tmp/evil.txt"));
}

INSTANTIATE_TEST_SUITE_P(All, HostileArchive, testing::ValuesIn(kHostileArchives),
                         [](const auto& test) {
                           std::string name = test.param.archive;
                           std::ranges::replace_if(
                               name, [](char c) { return c == '.' || c == '-'; }, '_');
                           return name;
                         });

TEST_F(UnpackTest, ANameInUnicodesDecomposedFormComesOutComposed) {
  unpack("decomposed.zip");
  EXPECT_THAT(tree_of(target_), UnorderedElementsAre(Pair("\u00e9.txt", "x")));
}

TEST_F(UnpackTest, ADriveLetterIsANameLikeAnyOther) {
  unpack("drive.zip");
  EXPECT_THAT(tree_of(target_), UnorderedElementsAre(Pair("C:", "dir"), Pair("C:/evil.txt", "2")));
}

TEST_F(UnpackTest, AnArchiveInAnArchiveStaysAFile) {
  const UnpackStatistics statistics = unpack("nested.zip");
  EXPECT_EQ(statistics.files, 20U);
  EXPECT_EQ(read_file(target_ / "7.zip"), read_file(archives() / "inner.zip"));
}

TEST_F(UnpackTest, AZipMayHaveMoreEntriesThanTwoBytesCount) {
  const Fd archive = open_file(archives() / "many.zip", O_RDONLY);
  ArchiveReader reader(archive.get());
  ArchiveEntry entry;
  std::uint64_t entries = 0;
  while (reader.next(entry)) ++entries;
  EXPECT_EQ(entries, 66'000U);
}

TEST_F(UnpackTest, SizesMayHaveEightBytes) {
  unpack("zip64.zip");
  EXPECT_EQ(read_file(target_ / "big.txt"), "not that big");
}

TEST_F(UnpackTest, TooManyEntriesAreRefusedBeforeTheyAreWritten) {
  EXPECT_EQ(refusal("many.zip", {.entries = 100}), "archive_limit");
  EXPECT_LE(tree_of(target_).size(), 200U);
}

TEST_F(UnpackTest, ARefusalNamesTheEntryInBothLanguages) {
  try {
    unpack("slip.zip");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message().en, HasSubstr("../evil.txt"));
    EXPECT_THAT(error.message().zh, HasSubstr("../evil.txt"));
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
  }
}

TEST_F(UnpackTest, TheLimitsAreWhatTheCallerSays) {
  EXPECT_EQ(refusal("good.zip", {.entries = 2}), "archive_limit");
  EXPECT_EQ(refusal("good.zip", {.total_bytes = 1000}), "archive_limit");
  EXPECT_EQ(refusal("good.zip", {.depth = 2}), "archive_limit");
  EXPECT_EQ(refusal("good.zip", {.reserve_bytes = 1ULL << 60U}), "disk_full");
}

TEST_F(UnpackTest, ABombIsRefusedBeforeItIsWritten) {
  EXPECT_EQ(refusal("bomb.zip"), "archive_bomb");
  EXPECT_LT(tree_size(target_), 1000U);
}

TEST_F(UnpackTest, ItTellsHowFarItIsAndStopsWhenAsked) {
  std::vector<std::uint64_t> seen;
  const Fd archive = open_file(archives() / "good.zip", O_RDONLY);
  unpack_archive(archive.get(), target_, {}, [&](std::uint64_t read, std::uint64_t total) {
    EXPECT_EQ(total, fs::file_size(archives() / "good.zip"));
    seen.push_back(read);
  });
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back(), fs::file_size(archives() / "good.zip"));

  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(error_code([&] { unpack_archive(archive.get(), target_, {}, {}, stop.get_token()); }),
            "unpack_cancelled");
}

}  // namespace
}  // namespace cloudbrain
