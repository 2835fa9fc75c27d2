// Uploads that can be taken up again: where their bytes are, who may write them now, when they end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "blobs/uploads/upload_files.h"
#include "store/uploads/uploads.h"

namespace cloudbrain {

struct UploadEntry;

// The right to append to an upload, until the next one gets it. Destroyed before finish(): what was
// written stays, unless it was to be verified. One thread at a time.
class UploadWriter {
 public:
  UploadWriter(UploadWriter&&) noexcept = default;
  UploadWriter& operator=(UploadWriter&&) = delete;
  ~UploadWriter();

  // Throws too_large "upload_overrun" beyond the upload's length, conflict "upload_taken_over"
  // where another came, no_space "disk_full".
  void write(std::span<const char> bytes);
  // The written bytes stay. Returns how far the upload has come.
  std::uint64_t finish();

 private:
  friend class UploadDesk;
  UploadWriter(store::Database& database, store::Upload upload, std::shared_ptr<UploadEntry> entry,
               bool verified);

  store::Uploads rows_;
  store::Upload upload_;
  std::shared_ptr<UploadEntry> entry_;  // empty: finished, or moved from
  std::uint64_t turn_ = 0;
  const bool verified_;
};

// Safe from any thread. What an upload is belongs to its row, how far it has come to its file; both
// outlive the server, and what is kept here beside them (the hash so far) can be had again.
//
// One writer an upload: whoever begins to append, or asks for the offset, shuts out the one before.
// So a connection that died unnoticed holds nobody up, and an offset that was told stays true until
// the next append.
class UploadDesk {
 public:
  struct Parts {
    store::Database& database;
    BlobStore& blobs;
    const Clock& clock;
    // Throws where this person may not store so many bytes more.
    std::function<void(UserId owner, std::uint64_t bytes)> need_storage;
    // Removes content that nobody needs.
    std::function<void(const std::string& sha256)> drop_content;
    std::chrono::seconds expiry = std::chrono::hours(24);
  };
  // How many uploads one person may have under way.
  static constexpr std::int64_t kMostOpen = 200;

  explicit UploadDesk(const Parts& parts);
  ~UploadDesk();
  UploadDesk(const UploadDesk&) = delete;
  UploadDesk& operator=(const UploadDesk&) = delete;

  // Removes what has expired, now and then. Call once, before use by others.
  void start();

  // Makes the row (id and times are given by this) and the empty file. `charged` is whose storage
  // it counts against. Throws no_space ("quota_storage", "disk_full") and busy
  // ("uploads_too_many"). `freed`: what the upload takes the place of, and is charged already.
  store::Upload create(store::Upload upload, UserId charged, std::uint64_t freed = 0);
  // One whose content is there already: a row alone, which is done.
  store::Upload record_done(store::Upload upload);
  // A joined upload of whole parts, in their order. Copies and hashes them; they are removed at
  // its end. Throws conflict "part_unfinished" and what create() throws.
  store::Upload join(store::Upload upload, const std::vector<store::Upload>& parts, UserId charged,
                     std::uint64_t freed);

  // Of this person; throws missing "upload_missing" for others' and expired ones.
  store::Upload find(std::string_view id, UserId creator) const;
  std::vector<store::Upload> list(UserId creator) const;
  // Without shutting anybody out.
  std::uint64_t arrived(const store::Upload& upload) const;
  TimePoint expires_at(const store::Upload& upload) const;

  // Shuts out whoever writes, takes off bytes whose checksum was never compared, and tells how far
  // the upload has come. Throws busy "upload_busy" where its end is under way.
  std::uint64_t offset(const store::Upload& upload);

  // Throws conflict "upload_offset" where `offset` is not how far it has come, and "upload_done".
  // `verified`: the bytes stay only if finish() is called.
  UploadWriter append(const store::Upload& upload, std::uint64_t offset, bool verified);

  // All bytes are here: hashes what is not hashed yet, compares with what was promised, and gives
  // the blob to its owner. Once: a second caller finds it done. What `give` throws is kept with the
  // upload and thrown on; bytes that can never do (invalid, too large) are removed at once, others
  // wait for another try until they expire. True where this call was the one that ended it; false
  // where it had ended, or bytes are missing.
  bool end(store::Upload& upload, const std::function<void(const Blob&)>& give);

  // Shuts out whoever writes and removes bytes and row.
  void remove(const store::Upload& upload);
  // What has expired, and files that no row knows.
  void sweep();

 private:
  std::shared_ptr<UploadEntry> entry_of(const std::string& id);
  void forget(const std::string& id);
  store::Upload reload(const store::Upload& upload) const;
  void open_file_of(store::Upload& upload, UploadEntry& entry);
  void need_own_room(const store::Upload& upload, UserId charged, std::uint64_t freed) const;
  void take(store::Upload& upload, UploadEntry& entry,
            const std::function<void(const Blob&)>& give);
  void keep_failure(store::Upload& upload, UploadEntry& entry, const Error& error);
  void remove_halves();
  void run();

  Parts parts_;
  mutable store::Uploads rows_;
  UploadFiles files_;
  std::mutex creating_;  // held from asking for room to the row that takes it
  std::mutex mutex_;     // of the two below
  std::map<std::string, std::shared_ptr<UploadEntry>> entries_;
  bool stopping_ = false;
  std::condition_variable stop_;
  std::thread sweeper_;
};

}  // namespace cloudbrain
