#include "tasks/dataset_shelf.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "store/contents.h"
#include "store/projects.h"
#include "store/users.h"

namespace cloudbrain {
namespace {

constexpr std::chrono::seconds kPatience{60};

class DatasetShelfTest : public testing::Test {
 protected:
  DatasetShelfTest() {
    home_.creator = store::Users(database_).create({.name = "ada"});
    home_.project = store::Projects(database_).create({.owner = home_.creator, .name = "lenet"});
    home_.name = "faces";
  }

  // A zip that this Python statement fills.
  std::string zip_of(const std::string& script) {
    const fs::path file = room_.path() / random_name("zip-");
    const ProcessResult made = run_process(
        {.argv = {"python3", "-c",
                  "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n " + script,
                  file.native()}});
    EXPECT_TRUE(made.status.ok()) << made.error;
    return read_file(file);
  }
  std::string good() { return zip_of("z.writestr('a.txt', 'alpha')"); }
  std::string bad() { return zip_of("z.writestr('../evil.txt', 'x')"); }
  std::string large() {
    return zip_of("[z.writestr(f'{n % 50}/{n}', b'x' * 10) for n in range(4_000)]");
  }

  Blob store_bytes(std::string_view bytes) {
    BlobStore::Upload upload = blobs_.begin(bytes.size());
    upload.write(bytes);
    return upload.finish();
  }
  store::DatasetFile file_of(std::string name, const Blob& blob) const {
    store::DatasetFile file;
    file.folder = name.ends_with(".zip") ? name.substr(0, name.size() - 4) : "";
    file.name = std::move(name);
    file.sha256 = blob.sha256;
    file.size_bytes = static_cast<std::int64_t>(blob.size);
    file.creator = home_.creator;
    return file;
  }
  store::DatasetFile take(std::string name, std::string_view bytes,
                          std::chrono::milliseconds patience = kPatience) {
    return shelf_->take(home_, file_of(std::move(name), store_bytes(bytes)), patience).file;
  }
  template <typename Condition>
  void until(const Condition& holds) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // between two looks
    }
  }
  template <typename Action>
  std::string error_code(const Action& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  }

  TemporaryDirectory room_;
  store::Database database_{room_.path() / "cloudbrain.db"};
  BlobStore blobs_{room_.path() / "blobs"};
  DatasetTrees trees_{room_.path() / "datasets", blobs_};
  ContentKeeper contents_{database_, blobs_, trees_};
  std::optional<DatasetShelf> shelf_{std::in_place, database_, contents_, trees_, 2U};
  store::Datasets datasets_{database_};
  store::DatasetFiles files_{database_};
  store::Dataset home_;
};

TEST_F(DatasetShelfTest, AnArchiveIsReadyAndAPlainFileIsItselfAtOnce) {
  const store::DatasetFile archive = take("a.zip", good());
  EXPECT_EQ(archive.state, store::DatasetState::ready);
  EXPECT_EQ(archive.entries, 1);
  EXPECT_EQ(read_file(shelf_->find(archive)->tree / "a.txt"), "alpha");

  const store::DatasetFile plain = take("labels.csv", "name\n");
  EXPECT_EQ(plain.state, store::DatasetState::ready);
  EXPECT_EQ(plain.dataset, archive.dataset);
  EXPECT_EQ(read_file(shelf_->find(plain)->tree), "name\n");
}

TEST_F(DatasetShelfTest, OfABadArchiveNothingStays) {
  const Blob blob = store_bytes(bad());
  EXPECT_EQ(error_code([&] { shelf_->take(home_, file_of("a.zip", blob), kPatience); }),
            "archive_escapes");
  EXPECT_FALSE(datasets_.find(home_.project, "faces"));
  EXPECT_FALSE(blobs_.size(blob.sha256));
}

TEST_F(DatasetShelfTest, TheSameFileSentByTwoAtOnceIsThereOnce) {
  const Blob blob = store_bytes(large());
  std::vector<std::thread> people;
  std::atomic<int> new_ones = 0;
  for (int i = 0; i < 4; ++i) {
    people.emplace_back([&] {
      const auto added = shelf_->take(home_, file_of("a.zip", blob), kPatience);
      EXPECT_EQ(added.file.state, store::DatasetState::ready);
      new_ones += added.is_new ? 1 : 0;
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(new_ones, 1);
}

TEST_F(DatasetShelfTest, WhatIsRemovedWhileItIsUnpackedIsGoneAndItsUploaderIsTold) {
  const Blob blob = store_bytes(large());
  std::string told;
  std::thread uploader(
      [&] { told = error_code([&] { shelf_->take(home_, file_of("a.zip", blob), kPatience); }); });
  until([&] { return !fs::is_empty(room_.path() / "datasets/staging"); });
  shelf_->remove(datasets_.find(home_.project, "faces").value());
  uploader.join();
  EXPECT_EQ(told, "dataset_missing");
  EXPECT_FALSE(blobs_.size(blob.sha256));
  EXPECT_TRUE(trees_.contents().empty());
}

TEST_F(DatasetShelfTest, ContentThatAnotherFileNeedsStays) {
  const std::string bytes = good();
  const store::DatasetFile first = take("a.zip", bytes);
  const store::DatasetFile second = take("b.zip", bytes);
  shelf_->remove(first);
  EXPECT_TRUE(shelf_->find(second));
  shelf_->remove(second);
  EXPECT_FALSE(blobs_.size(second.sha256));
  EXPECT_EQ(error_code([&] { shelf_->remove(second); }), "dataset_missing");
}

TEST_F(DatasetShelfTest, TheNextRunGoesOnWithWhatOneLeft) {
  const store::DatasetFile file = take("a.zip", large(), std::chrono::milliseconds(0));
  shelf_.reset();  // as the server ends
  EXPECT_NE(files_.find(file.id)->state, store::DatasetState::failed);
  shelf_.emplace(database_, contents_, trees_, 2U);
  shelf_->resume();
  until([&] { return files_.find(file.id)->state == store::DatasetState::ready; });
  EXPECT_EQ(files_.find(file.id)->entries, 4'000);
}

TEST_F(DatasetShelfTest, WhatFailedIsTriedAgainWhenItIsWished) {
  store::DatasetFile file = take("a.zip", good());
  EXPECT_EQ(error_code([&] { shelf_->retry(file); }), "not_failed");
  trees_.remove(file.sha256);
  file.state = store::DatasetState::failed;
  file.failure = Reason{"disk_full", {"Full.", "满。"}, {}};
  files_.update(file);
  EXPECT_EQ(shelf_->retry(file).state, store::DatasetState::waiting);
  until([&] { return files_.find(file.id)->state == store::DatasetState::ready; });
  EXPECT_FALSE(files_.find(file.id)->failure);
}

TEST_F(DatasetShelfTest, ASweepRemovesWhatNoRowNamesAndNothingElse) {
  const store::DatasetFile kept = take("a.zip", good());
  const Blob stray = store_bytes(large());
  trees_.prepare(stray.sha256, "stray");
  const Blob treeless = store_bytes("nobody's");
  contents_.sweep();
  EXPECT_TRUE(shelf_->find(kept));
  EXPECT_FALSE(blobs_.size(stray.sha256));
  EXPECT_FALSE(blobs_.size(treeless.sha256));
  EXPECT_THAT(trees_.contents(), testing::ElementsAre(kept.sha256));
}

}  // namespace
}  // namespace cloudbrain
