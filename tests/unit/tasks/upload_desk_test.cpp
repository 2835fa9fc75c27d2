#include "tasks/uploads/upload_desk.h"

#include <gtest/gtest.h>

#include "store/users.h"

namespace cloudbrain {
namespace {

class UploadDeskTest : public testing::Test {
 protected:
  UploadDeskTest() : ada_(store::Users(database_).create({.name = "ada"})) { open(); }

  void open() {
    desk_.reset();
    desk_.emplace(UploadDesk::Parts{
        .database = database_,
        .blobs = blobs_,
        .clock = clock_,
        .need_storage = [](UserId, std::uint64_t) {},
        .drop_content = [this](const std::string& sha256) { blobs_.remove(sha256); }});
  }
  store::Upload begin(std::int64_t size, store::UploadKind kind = store::UploadKind::whole) {
    store::Upload upload;
    upload.creator = ada_;
    upload.kind = kind;
    upload.size_bytes = size;
    return desk_->create(upload, ada_);
  }
  std::uint64_t append(const store::Upload& upload, std::uint64_t offset, std::string_view bytes) {
    UploadWriter writer = desk_->append(upload, offset, false);
    writer.write(bytes);
    return writer.finish();
  }
  std::string refusal(const std::function<void()>& act) {
    try {
      act();
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }
  std::string taken(store::Upload upload) {
    std::string bytes;
    desk_->end(upload, [&](const Blob& blob) { bytes = read_file(blobs_.path(blob.sha256)); });
    return bytes;
  }

  TemporaryDirectory directory_;
  FakeClock clock_{std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
  store::Database database_{directory_.path() / "cloudbrain.db"};
  BlobStore blobs_{directory_.path() / "blobs"};
  UserId ada_;
  std::optional<UploadDesk> desk_;
};

TEST_F(UploadDeskTest, BytesComeInPiecesAndAreGivenWhole) {
  const store::Upload upload = begin(10);
  EXPECT_EQ(append(upload, 0, "hello"), 5U);
  EXPECT_EQ(desk_->offset(upload), 5U);
  EXPECT_EQ(taken(upload), "");  // not yet
  EXPECT_EQ(append(upload, 5, "world"), 10U);
  EXPECT_EQ(taken(upload), "helloworld");
  EXPECT_EQ(desk_->find(upload.id, ada_).state, store::UploadState::done);
  EXPECT_EQ(taken(upload), "");  // once
  EXPECT_EQ(desk_->offset(upload), 10U);
}

TEST_F(UploadDeskTest, ARestartLosesNothingThatWasWritten) {
  const store::Upload upload = begin(10);
  append(upload, 0, "hello");
  open();
  EXPECT_EQ(desk_->offset(upload), 5U);
  append(upload, 5, "world");
  EXPECT_EQ(taken(upload), "helloworld");
}

TEST_F(UploadDeskTest, AWriterThatWasShutOutWritesNoMore) {
  const store::Upload upload = begin(10);
  UploadWriter stale = desk_->append(upload, 0, false);
  stale.write(std::string_view("he"));
  UploadWriter fresh = desk_->append(upload, 2, false);
  EXPECT_EQ(refusal([&] { stale.write(std::string_view("xx")); }), "upload_taken_over");
  EXPECT_EQ(refusal([&] { stale.finish(); }), "upload_taken_over");
  fresh.write(std::string_view("llo"));
  EXPECT_EQ(fresh.finish(), 5U);
}

TEST_F(UploadDeskTest, BytesToBeVerifiedGoAgainUnlessTheyWere) {
  const store::Upload upload = begin(10);
  {
    desk_->append(upload, 0, true).write(std::string_view("wrong"));
  }
  EXPECT_EQ(desk_->offset(upload), 0U);
  UploadWriter writer = desk_->append(upload, 0, true);
  writer.write(std::string_view("hello"));
  EXPECT_EQ(writer.finish(), 5U);
  EXPECT_EQ(desk_->offset(upload), 5U);
}

TEST_F(UploadDeskTest, AnEndThatFailsForNowIsTriedAgainAndOneForGoodIsKept) {
  const store::Upload upload = begin(5);
  append(upload, 0, "hello");
  const auto end_with = [&](ErrorKind kind) {
    store::Upload ending = upload;
    return refusal([&] {
      desk_->end(ending, [&](const Blob&) { throw Error(kind, "refused", {"No.", "不行。"}); });
    });
  };
  EXPECT_EQ(end_with(ErrorKind::conflict), "refused");
  EXPECT_EQ(desk_->offset(upload), 5U);
  EXPECT_EQ(end_with(ErrorKind::invalid), "refused");
  EXPECT_EQ(refusal([&] { desk_->offset(upload); }), "refused");
  EXPECT_TRUE(fs::is_empty(directory_.path() / "blobs/unfinished"));
}

TEST_F(UploadDeskTest, PartsBecomeOneInTheirOrder) {
  const store::Upload first = begin(5, store::UploadKind::part);
  const store::Upload second = begin(5, store::UploadKind::part);
  append(second, 0, "world");
  const std::vector<store::Upload> parts{first, second};
  store::Upload whole;
  whole.creator = ada_;
  whole.kind = store::UploadKind::joined;
  whole.size_bytes = 10;
  EXPECT_EQ(refusal([&] { desk_->join(whole, parts, ada_, 0); }), "part_unfinished");
  append(first, 0, "hello");
  EXPECT_EQ(taken(desk_->join(whole, parts, ada_, 0)), "helloworld");
  EXPECT_EQ(refusal([&] { desk_->find(first.id, ada_); }), "upload_missing");
}

TEST_F(UploadDeskTest, APartThatFailedIsNotJoinedEvenWhereItIsEmpty) {
  const store::Upload empty = begin(0, store::UploadKind::part);
  store::Upload ending = empty;
  const auto refuse = [](const Blob&) { throw Error(ErrorKind::invalid, "no", {"No.", "不行。"}); };
  EXPECT_EQ(refusal([&] { desk_->end(ending, refuse); }), "no");
  store::Upload whole;
  whole.creator = ada_;
  whole.kind = store::UploadKind::joined;
  EXPECT_EQ(refusal([&] { desk_->join(whole, {empty}, ada_, 0); }), "part_unfinished");
}

TEST_F(UploadDeskTest, ADayAfterItsLastByteItIsGone) {
  const store::Upload upload = begin(10);
  append(upload, 0, "hello");
  clock_.advance(std::chrono::hours(23));
  desk_->sweep();
  EXPECT_EQ(desk_->offset(upload), 5U);
  clock_.advance(std::chrono::hours(2));
  EXPECT_EQ(refusal([&] { desk_->find(upload.id, ada_); }), "upload_missing");
  desk_->sweep();
  EXPECT_TRUE(fs::is_empty(directory_.path() / "blobs/unfinished"));
}

TEST_F(UploadDeskTest, OthersDoNotSeeIt) {
  const UserId bob = store::Users(database_).create({.name = "bob"});
  const store::Upload upload = begin(10);
  EXPECT_EQ(refusal([&] { desk_->find(upload.id, bob); }), "upload_missing");
  EXPECT_TRUE(desk_->list(bob).empty());
  EXPECT_EQ(desk_->list(ada_).size(), 1U);
}

}  // namespace
}  // namespace cloudbrain
