// The bytes of models: taken from results, laid out for tasks.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "blobs/models/adopt_file.h"
#include "blobs/models/model_trees.h"
#include "blobs/models/result_files.h"
#include "domain/layouts.h"

namespace cloudbrain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <typename F>
std::string error_code(const F& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

struct stat status_of(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

class ModelFilesTest : public testing::Test {
 protected:
  ModelFilesTest() { make_directories(results_); }

  void write(const fs::path& relative, std::string_view bytes) {
    make_directories((results_ / relative).parent_path());
    write_file_atomic(results_ / relative, bytes, Durable::no, 06777);
  }
  std::optional<Blob> adopt(const std::string& name, bool go_on = true) {
    const Fd fd = open_file(results_ / name, O_RDONLY);
    return adopt_file(blobs_, fd, name, [go_on] { return go_on; });
  }
  bool is_empty() const { return fs::is_empty(directory_.path() / "blobs/sha256"); }

  TemporaryDirectory directory_;
  const fs::path results_ = directory_.path() / "results";
  BlobStore blobs_{directory_.path() / "blobs"};
  ModelTrees trees_{directory_.path() / "models", blobs_};
};

// ---- taking -------------------------------------------------------------------------------------

TEST_F(ModelFilesTest, ABlobIsTheSameFileAsTheResultAndNobodyWritesToItAnyMore) {
  write("m.pt", "weights");
  const Blob blob = adopt("m.pt").value();
  EXPECT_EQ(blob, (Blob{sha256_hex("weights"), 7}));
  const struct stat result = status_of(results_ / "m.pt");
  EXPECT_EQ(result.st_ino, status_of(blobs_.path(blob.sha256)).st_ino);
  EXPECT_EQ(result.st_mode & 07777U, 0444U);
  EXPECT_EQ(result.st_uid, ::geteuid());
}

TEST_F(ModelFilesTest, ContentThatIsKnownIsNotTakenTwice) {
  write("a", "weights");
  write("b", "weights");
  const auto first = adopt("a");
  EXPECT_EQ(adopt("b"), first);
  EXPECT_EQ(status_of(results_ / "a").st_nlink, 2U);
  EXPECT_EQ(status_of(results_ / "b").st_nlink, 1U);
}

TEST_F(ModelFilesTest, AFileThatSomebodyMayStillChangeIsNotTaken) {
  write("open", "weights");
  const Fd writer = open_file(results_ / "open", O_WRONLY);
  EXPECT_EQ(error_code([&] { adopt("open"); }), "file_still_open");

  // Closed, but mapped.
  write("mapped", "weights");
  void* memory = nullptr;
  {
    const Fd fd = open_file(results_ / "mapped", O_RDWR);
    memory = ::mmap(nullptr, 7, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    ASSERT_NE(memory, MAP_FAILED);
  }
  EXPECT_EQ(error_code([&] { adopt("mapped"); }), "file_still_open");
  EXPECT_TRUE(is_empty());
  ::munmap(memory, 7);
  EXPECT_TRUE(adopt("mapped"));
}

TEST_F(ModelFilesTest, AChangeWhileItIsHashedIsNoticed) {
  write("m", std::string(9U << 20U, 'x'));
  const Fd fd = open_file(results_ / "m", O_RDONLY);
  int pieces = 0;
  const auto change_it = [&] {
    return ++pieces != 2 || ::truncate((results_ / "m").c_str(), 5U << 20U) == 0;
  };
  EXPECT_EQ(error_code([&] { adopt_file(blobs_, fd, "m", change_it); }), "file_changed");
  EXPECT_TRUE(is_empty());
}

TEST_F(ModelFilesTest, WhoIsToldToStopTakesNothing) {
  write("m", "weights");
  EXPECT_EQ(adopt("m", false), std::nullopt);
  EXPECT_TRUE(is_empty());
}

// ---- finding ------------------------------------------------------------------------------------

TEST_F(ModelFilesTest, APathStandsForItsFileOrForAllBelowIt) {
  write("m.pt", "12345");
  write("deep/a", "1");
  write("deep/er/b", "12");
  make_directories(results_ / "hollow");
  EXPECT_THAT(
      *find_result_files(results_, "", 100),
      ElementsAre(ResultFile{"deep/a", 1}, ResultFile{"deep/er/b", 2}, ResultFile{"m.pt", 5}));
  EXPECT_THAT(*find_result_files(results_, "deep/er", 100),
              ElementsAre(ResultFile{"deep/er/b", 2}));
  EXPECT_THAT(*find_result_files(results_, "m.pt", 100), ElementsAre(ResultFile{"m.pt", 5}));
  EXPECT_THAT(*find_result_files(results_, "hollow", 100), IsEmpty());
  for (const char* bad : {"none", "../results", "/etc", "deep/", "deep/../m.pt", "m.pt/x"}) {
    EXPECT_EQ(find_result_files(results_, bad, 100), std::nullopt) << bad;
  }
}

TEST_F(ModelFilesTest, ALinkIsTheFileItLeadsToInsideAndIsLeftOutOtherwise) {
  write("real/epoch3.pt", "third");
  write("../outside", "secret");
  fs::create_symlink("real/epoch3.pt", results_ / "latest.pt");
  fs::create_symlink("../outside", results_ / "out");
  fs::create_symlink("/etc/passwd", results_ / "absolute");
  fs::create_symlink("nowhere", results_ / "broken");
  fs::create_symlink(".", results_ / "circle");
  ASSERT_EQ(::mkfifo((results_ / "pipe").c_str(), 0666), 0);
  EXPECT_THAT(*find_result_files(results_, "", 100),
              ElementsAre(ResultFile{"latest.pt", 5}, ResultFile{"real/epoch3.pt", 5}));
  for (const char* bad : {"out", "absolute", "broken", "pipe", "circle/out"}) {
    EXPECT_EQ(find_result_files(results_, bad, 100), std::nullopt) << bad;
  }
}

TEST_F(ModelFilesTest, MoreEntriesThanAllowedAreRefusedFoldersToo) {
  for (int i = 0; i < 5; ++i) write("folder" + std::to_string(i) + "/x", "1");
  EXPECT_TRUE(find_result_files(results_, "", 10));
  EXPECT_EQ(error_code([&] { find_result_files(results_, "", 9); }), "too_many_files");
}

// ---- laying out ---------------------------------------------------------------------------------

TEST_F(ModelFilesTest, ATreeIsMadeOfLinksAndGoneOnWithWhereItWasLeft) {
  write("a", "weights");
  write("b", "more");
  const std::string a = adopt("a")->sha256;
  const std::string b = adopt("b")->sha256;
  const ModelVersionId id{7};
  const std::vector<ModelTreeFile> first{{"deep/er/a.pt", a}};
  const std::vector<ModelTreeFile> all{{"deep/er/a.pt", a}, {"b.pt", b}};
  trees_.make(id, first);
  const fs::path tree = trees_.make(id, all);
  EXPECT_EQ(status_of(tree / "deep/er/a.pt").st_ino, status_of(blobs_.path(a)).st_ino);
  EXPECT_EQ(read_file(tree / "b.pt"), "more");
  EXPECT_EQ(status_of(tree / "deep").st_mode & 0777U, 0755U);
  EXPECT_EQ(read_file(tree / kModelMarker), "");
}

TEST_F(ModelFilesTest, ATreeWithoutItsBytesIsNotMade) {
  const std::vector<ModelTreeFile> files{{"a", sha256_hex("never stored")}};
  EXPECT_EQ(error_code([&] { trees_.make(ModelVersionId{1}, files); }), "blob_missing");
}

TEST_F(ModelFilesTest, AStartRemovesTheTreesThatNobodyKnows) {
  trees_.make(ModelVersionId{1}, {});
  trees_.make(ModelVersionId{2}, {});
  make_directories(directory_.path() / "models/.old-1");
  trees_.remove_others({ModelVersionId{2}});
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(directory_.path() / "models")) {
    left.push_back(entry.path().filename());
  }
  EXPECT_THAT(left, ElementsAre("2"));
  trees_.remove(ModelVersionId{2});
  trees_.remove(ModelVersionId{2});
  EXPECT_TRUE(fs::is_empty(directory_.path() / "models"));
}

}  // namespace
}  // namespace cloudbrain
