// Any headers as tus headers, and any sequence of requests, crashes and refusals as the life of
// uploads: real rows, real files. What the desk says must be what a few strings in memory say, and
// what is given to a target must be exactly what was appended.
//
// Sources: src/api/uploads/tus.cpp src/http/request.cpp src/http/headers.cpp
// Sources: src/tasks/uploads/upload_desk.cpp src/tasks/uploads/upload_writer.cpp
// Sources: src/tasks/uploads/upload_failure.cpp src/blobs/blob_store.cpp
// Sources: src/blobs/uploads/growing_file.cpp src/blobs/uploads/upload_files.cpp
// Sources: src/store/uploads/uploads.cpp src/store/users.cpp src/store/database.cpp
// Sources: src/store/sqlite/columns.cpp src/store/sqlite/connection.cpp
// Sources: src/store/sqlite/dialect.cpp src/store/sqlite/migrations.cpp
// Sources: build/release/src/store/migration_texts.cpp
// Sources: src/base/error.cpp src/base/json.cpp src/base/clock.cpp src/base/files.cpp
// Sources: src/base/file_trees.cpp src/base/hash.cpp src/base/checksum.cpp src/base/keyed_pool.cpp
// Sources: src/base/log.cpp src/domain/names.cpp
// Libraries: -lfmt -lspdlog -lboost_json -lboost_container -lcrypto -lsoci_core -lsoci_sqlite3
// Libraries: -lsqlite3
#include <cstdio>
#include <cstdlib>
#include <source_location>

#include <fcntl.h>

#include "api/uploads/tus.h"
#include "store/users.h"
#include "tasks/uploads/upload_desk.h"

namespace {

using namespace cloudbrain;
namespace tus = cloudbrain::api::tus;

void check(bool holds, std::source_location where = std::source_location::current()) {
  if (holds) return;
  std::fprintf(stderr, "line %u does not hold\n", where.line());
  std::abort();
}

// The input as small numbers, zeros at its end.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : rest_(bytes) {}
  bool more() const { return !rest_.empty(); }
  std::size_t upto(std::size_t most) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte % (most + 1);
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

void read_headers(std::string_view bytes) {
  static constexpr std::string_view kNames[] = {"Upload-Length",   "Upload-Offset",
                                                "Upload-Metadata", "Upload-Concat",
                                                "Upload-Checksum", "Tus-Resumable"};
  http::Request request;
  for (const std::string_view name : kNames) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string value(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    std::erase_if(value, [](char c) { return c == '\r' || c == '\0'; });
    request.headers.add(name, value);
  }
  const auto expect_refusal = [](const auto& read) {
    try {
      read();
    } catch (const Error& error) {
      check(error.kind() == ErrorKind::malformed || error.kind() == ErrorKind::too_large ||
            error.code() == "tus_version");
    }
  };
  expect_refusal([&] { check(tus::length_of(request) <= tus::kMaxSize); });
  expect_refusal([&] { static_cast<void>(tus::offset_of(request)); });
  expect_refusal([&] {
    const tus::Metadata metadata(*request.header("Upload-Metadata"));
    for (const char* name : {"project", "filename", "", "a"}) {
      check(is_utf8(metadata.get(name)) && metadata.get(name).find('\0') == std::string::npos);
    }
  });
  expect_refusal([&] {
    const tus::Concat concat = tus::concat_of(request, "/api/v2/uploads");
    check(!concat.partial || concat.parts.empty());
  });
  expect_refusal([&] {
    const auto checksum = tus::checksum_of(request);
    check(!checksum || checksum->digest.size() == 20 || checksum->digest.size() == 32);
  });
  expect_refusal([&] { tus::need_version(request); });
}

// What the desk has to agree with.
struct Known {
  store::Upload upload;
  std::string bytes;
  bool failed = false;
  bool done = false;
};

// What all inputs share: a new database for each would be most of the time.
struct Ground {
  TemporaryDirectory folder{fs::exists("/dev/shm") ? "/dev/shm" : "/tmp"};
  SystemClock clock;
  store::Database database{folder.path() / "cloudbrain.db"};
  BlobStore blobs{folder.path() / "blobs"};
  UploadFiles files{blobs};
  UserId user = store::Users(database).create({.name = "ada"});
};

class House {
 public:
  explicit House(Ground& ground)
      : clock_(ground.clock),
        database_(ground.database),
        blobs_(ground.blobs),
        files_(ground.files),
        user_(ground.user) {
    open();
  }
  ~House() {
    for (const Known& known : uploads_) desk_->remove(known.upload);
    desk_->sweep();
    check(files_.ids().empty());
  }

  void step(Choices& choices) {
    switch (choices.upto(9)) {
      case 0:
      case 1:
        return create(choices);
      case 2:
      case 3:
      case 4:
        return append(choices);
      case 5:
        return look(choices);
      case 6:
        return crash(choices);
      case 7:
        return end(choices);
      case 8:
        return join(choices);
      default:
        return remove(choices);
    }
  }

  void check_all() {
    for (const Known& known : uploads_) {
      const store::Upload now = desk_->find(known.upload.id, user_);
      check((now.state == store::UploadState::failed) == known.failed);
      check((now.state == store::UploadState::done) == known.done);
      const std::uint64_t arrived = desk_->arrived(now);
      check(arrived == (known.failed ? 0 : known.bytes.size()));
      if (now.state == store::UploadState::open) {
        check(read_file(files_.path(now.id)).substr(0, arrived) == known.bytes);
      }
    }
  }

 private:
  void open() {
    desk_.emplace(UploadDesk::Parts{
        .database = database_,
        .blobs = blobs_,
        .clock = clock_,
        .need_storage = [](UserId, std::uint64_t) {},
        .drop_content = [&](const std::string& sha256) { blobs_.remove(sha256); }});
  }

  Known* pick(Choices& choices) {
    if (uploads_.empty()) return nullptr;
    return &uploads_[choices.upto(uploads_.size() - 1)];
  }

  void create(Choices& choices) {
    if (uploads_.size() >= 4) return;
    Known known;
    known.upload.creator = user_;
    known.upload.kind = choices.upto(1) == 0 ? store::UploadKind::whole : store::UploadKind::part;
    known.upload.size_bytes = static_cast<std::int64_t>(choices.upto(255) * choices.upto(20));
    if (choices.upto(5) == 0) known.upload.sha256 = std::string(64, 'a');
    known.upload = desk_->create(known.upload, user_);
    uploads_.push_back(std::move(known));
  }

  // At the right place or not, verified or not, to the end or cut, alone or overtaken.
  void append(Choices& choices) {
    Known* known = pick(choices);
    if (known == nullptr) return;
    const bool right = choices.upto(7) != 0;
    const std::uint64_t offset = right ? known->bytes.size() : choices.upto(255);
    const bool verified = choices.upto(2) == 0;
    const bool finishes = choices.upto(2) != 0;
    const bool overtaken = choices.upto(4) == 0;
    const std::string bytes(choices.upto(255) * choices.upto(12), next_letter());
    const std::uint64_t room = length(*known) - known->bytes.size();
    try {
      UploadWriter writer = desk_->append(known->upload, offset, verified);
      check(!known->failed && !known->done && offset == known->bytes.size());
      if (overtaken) static_cast<void>(desk_->offset(known->upload));
      writer.write(bytes);
      check(!overtaken && bytes.size() <= room);
      if (finishes) check(writer.finish() == known->bytes.size() + bytes.size());
      if (finishes || !verified) known->bytes += bytes;
    } catch (const Error& error) {
      const bool too_large = error.code() == "upload_overrun" && bytes.size() > room;
      const bool wrong =
          error.code() == "upload_offset" && (known->done || offset != known->bytes.size());
      const bool lost = error.code() == "upload_taken_over" && overtaken;
      check(too_large || wrong || lost || known->failed);
    }
  }

  void look(Choices& choices) {
    Known* known = pick(choices);
    if (known == nullptr) return;
    try {
      check(desk_->offset(known->upload) == known->bytes.size());
    } catch (const Error&) {
      check(known->failed);
    }
  }

  // kill -9 while bytes came: those of a checksum that was never compared are there, and go.
  void crash(Choices& choices) {
    Known* known = pick(choices);
    const bool takes_bytes = known != nullptr && !known->failed && !known->done;
    // Whoever appends has what an earlier crash left without a comparison cut off first.
    if (takes_bytes) check(desk_->offset(known->upload) == known->bytes.size());
    desk_.reset();
    if (takes_bytes) {
      const std::size_t room = length(*known) - known->bytes.size();
      const std::string bytes(std::min<std::size_t>(room, choices.upto(255)), next_letter());
      const Fd file = open_file(files_.path(known->upload.id), O_WRONLY | O_APPEND);
      if (choices.upto(1) == 0) {
        known->bytes += bytes;
      } else {
        store::Upload row = *store::Uploads(database_).find(known->upload.id);
        row.unverified_from = static_cast<std::int64_t>(known->bytes.size());
        store::Uploads(database_).update(row);
      }
      write_all(file.get(), bytes, "unfinished");
    }
    open();
  }

  void end(Choices& choices) {
    Known* known = pick(choices);
    if (known == nullptr) return;
    const std::size_t how = choices.upto(3);
    bool given = false;
    try {
      const bool ended = desk_->end(known->upload, [&](const Blob& blob) {
        given = true;
        check(blob.size == length(*known) && known->bytes.size() == blob.size);
        check(blob.sha256 == sha256_hex(known->bytes));
        check(read_file(blobs_.path(blob.sha256)) == known->bytes);
        if (how == 1) throw Error(ErrorKind::conflict, "name_in_use", {"x", "x"});
        if (how == 2) throw Error(ErrorKind::invalid, "corrupt", {"x", "x"});
      });
      check(ended == given);
      known->done = known->done || ended;
    } catch (const Error& error) {
      const bool differs = error.code() == "content_differs" && !known->upload.sha256.empty();
      check(known->failed || differs || (given && how > 0));
      known->failed = error.kind() == ErrorKind::invalid;
    }
  }

  void join(Choices& choices) {
    std::vector<store::Upload> parts;
    std::string bytes;
    bool whole = true;
    store::Upload joined;
    for (const Known& known : uploads_) {
      if (known.upload.kind != store::UploadKind::part || choices.upto(1) == 0) continue;
      parts.push_back(known.upload);
      bytes += known.bytes;
      joined.size_bytes += known.upload.size_bytes;
      whole = whole && !known.done && !known.failed && known.bytes.size() == length(known);
    }
    joined.creator = user_;
    joined.kind = store::UploadKind::joined;
    try {
      Known known{desk_->join(joined, parts, user_, 0), bytes};
      check(whole);
      std::erase_if(uploads_, [&](const Known& old) {
        return std::ranges::find(parts, old.upload.id, &store::Upload::id) != parts.end();
      });
      uploads_.push_back(std::move(known));
    } catch (const Error& error) {
      check(error.code() == "part_unfinished" && !parts.empty());
    }
  }

  void remove(Choices& choices) {
    Known* known = pick(choices);
    if (known == nullptr) return;
    desk_->remove(known->upload);
    uploads_.erase(uploads_.begin() + (known - uploads_.data()));
  }

  static std::uint64_t length(const Known& known) {
    return static_cast<std::uint64_t>(known.upload.size_bytes);
  }
  char next_letter() { return letter_ = letter_ == 'z' ? 'a' : static_cast<char>(letter_ + 1); }

  const Clock& clock_;
  store::Database& database_;
  BlobStore& blobs_;
  UploadFiles& files_;
  const UserId user_;
  std::optional<UploadDesk> desk_;
  std::vector<Known> uploads_;
  char letter_ = 'z';
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Choices choices(bytes);
  if (choices.upto(3) == 0) {
    read_headers(choices.rest());
    return 0;
  }
  static Ground ground;
  House house(ground);
  for (int step = 0; choices.more() && step < 60; ++step) {
    house.step(choices);
    house.check_all();
  }
  return 0;
}
