// Resumable uploads: what they are to become, and what became of them. Their bytes are in blobs/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/json.h"
#include "store/database.h"

namespace cloudbrain {

BOOST_DESCRIBE_ENUM(ErrorKind, invalid, malformed, unsigned_in, denied, missing, conflict,
                    too_large, busy, unavailable, no_space, internal)

}  // namespace cloudbrain

namespace cloudbrain::store {

// part: bytes that a joined one is made of later; joined: made of parts, gets no bytes itself.
enum class UploadKind { whole, part, joined };
BOOST_DESCRIBE_ENUM(UploadKind, whole, part, joined)

// open: bytes come, or its end is tried again; done: taken by its target; failed: its bytes were
// refused and are gone.
enum class UploadState { open, done, failed };
BOOST_DESCRIBE_ENUM(UploadState, open, done, failed)

// Why the last end of an upload failed: an Error as a row keeps it.
struct UploadFailure {
  ErrorKind kind = ErrorKind::internal;
  std::string code;
  Text message;
  Text next;

  bool operator==(const UploadFailure&) const = default;
};
BOOST_DESCRIBE_STRUCT(UploadFailure, (), (kind, code, message, next))

struct Upload {
  std::string id;  // also names its file and its address: not to be guessed
  UserId creator;
  ProjectId project;  // 0: a part that names none
  UploadKind kind = UploadKind::whole;
  json::value target;    // api/intake's UploadTarget; null for a part
  std::string metadata;  // Upload-Metadata as it came
  std::string concat;    // Upload-Concat as it came
  std::int64_t size_bytes = 0;
  std::string sha256;  // that the bytes must have; empty: not said
  UploadState state = UploadState::open;
  std::optional<UploadFailure> failure;
  std::optional<std::int64_t> unverified_from;
  TimePoint created_at;
  TimePoint changed_at;  // of the row; bytes that come do not write it

  bool operator==(const Upload&) const = default;
};
BOOST_DESCRIBE_STRUCT(Upload, (),
                      (id, creator, project, kind, target, metadata, concat, size_bytes, sha256,
                       state, failure, unverified_from, created_at, changed_at))

class Uploads {
 public:
  explicit Uploads(Database& database) : database_(database) {}

  void insert(const Upload& upload);
  std::optional<Upload> find(std::string_view id) const;
  // Newest first.
  std::vector<Upload> list(UserId creator) const;
  std::int64_t count_open(UserId creator) const;
  std::vector<Upload> all() const;
  // Writes state, failure, unverified_from and changed_at. False where it was removed meanwhile.
  bool update(const Upload& changed);
  // False where there is none.
  bool remove(std::string_view id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
