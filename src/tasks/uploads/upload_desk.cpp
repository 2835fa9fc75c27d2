#include "tasks/uploads/upload_desk.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/log.h"
#include "tasks/uploads/upload_entry.h"
#include "tasks/uploads/upload_failure.h"

namespace cloudbrain {

namespace {

using store::Upload;
using store::UploadKind;
using store::UploadState;

// An upload that nobody asked for so long need not have its file open; the hash is had again when
// it is needed.
constexpr std::chrono::minutes kKeepOpen{15};

Error upload_missing(std::string_view id) {
  return Error(ErrorKind::missing, "upload_missing",
               {fmt::format("There is no upload {}, or it has expired.", id.substr(0, 80)),
                fmt::format("没有上传 {}，或已过期。", id.substr(0, 80))});
}

Error wrong_offset(std::uint64_t told, std::uint64_t arrived) {
  return Error(ErrorKind::conflict, "upload_offset",
               {fmt::format("Bytes from {} on were sent, but {} have arrived.", told, arrived),
                fmt::format("发送的数据从 {} 开始，但已到达 {} 字节。", told, arrived)},
               {"Ask for the offset by HEAD and go on from there.",
                "请先用 HEAD 查询偏移量，再从该处继续。"});
}

Error too_many(std::int64_t most) {
  return Error(ErrorKind::busy, "uploads_too_many",
               {fmt::format("You have {} uploads under way, which is the most.", most),
                fmt::format("您已有 {} 个未完成的上传，达到上限。", most)},
               {"Finish or remove some of them.", "请先完成或删除其中一些。"});
}

Error other_content(const std::string& promised, const std::string& arrived) {
  return Error(
      ErrorKind::invalid, "content_differs",
      {fmt::format("The bytes have the SHA-256 {}, and not {} as was said.", arrived, promised),
       fmt::format("内容的 SHA-256 为 {}，与声明的 {} 不符。", arrived, promised)},
      {"The file changed on the way: upload it once more.", "文件已改变，请重新上传。"});
}

std::uint64_t length_of(const Upload& upload) {
  return static_cast<std::uint64_t>(upload.size_bytes);
}

}  // namespace

UploadDesk::UploadDesk(const Parts& parts)
    : parts_(parts), rows_(parts.database), files_(parts.blobs) {}

UploadDesk::~UploadDesk() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (sweeper_.joinable()) sweeper_.join();
}

void UploadDesk::start() {
  remove_halves();
  sweeper_ = std::thread([this] { run(); });
}

// ---- the beginning ------------------------------------------------------------------------------

void UploadDesk::need_own_room(const Upload& upload, UserId charged, std::uint64_t freed) const {
  if (rows_.count_open(upload.creator) >= kMostOpen) throw too_many(kMostOpen);
  const std::uint64_t length = length_of(upload);
  if (length > freed) parts_.need_storage(charged, length - freed);
  parts_.blobs.need_room(length);
}

Upload UploadDesk::create(Upload upload, UserId charged, std::uint64_t freed) {
  upload.id = random_hex(16);
  upload.state = UploadState::open;
  upload.created_at = upload.changed_at = parts_.clock.now();
  const std::lock_guard lock(creating_);
  need_own_room(upload, charged, freed);
  // The row first: a file that no row knows is removed.
  rows_.insert(upload);
  const GrowingFile made = files_.create(upload.id);
  return upload;
}

Upload UploadDesk::record_done(Upload upload) {
  upload.id = random_hex(16);
  upload.state = UploadState::done;
  upload.created_at = upload.changed_at = parts_.clock.now();
  rows_.insert(upload);
  return upload;
}

Upload UploadDesk::join(Upload upload, const std::vector<Upload>& parts, UserId charged,
                        std::uint64_t freed) {
  for (const Upload& known : parts) {
    const Upload part = reload(known);
    const bool waits = part.kind == UploadKind::part && part.state == UploadState::open;
    if (waits && arrived(part) == length_of(part)) continue;
    throw Error(ErrorKind::conflict, "part_unfinished",
                {fmt::format("The upload {} is not a part that has wholly arrived.", part.id),
                 fmt::format("上传 {} 不是已完整到达的分片。", part.id)},
                {"Finish all parts first.", "请先完成所有分片。"});
  }
  upload = create(std::move(upload), charged, freed);
  const std::shared_ptr<UploadEntry> entry = entry_of(upload.id);
  try {
    const std::lock_guard lock(entry->mutex);
    open_file_of(upload, *entry);
    for (const Upload& part : parts) entry->file->append_file(files_.path(part.id));
  } catch (...) {
    remove(upload);
    throw;
  }
  for (const Upload& part : parts) remove(part);
  return upload;
}

// ---- what there is ------------------------------------------------------------------------------

Upload UploadDesk::find(std::string_view id, UserId creator) const {
  std::optional<Upload> upload = rows_.find(id);
  if (!upload || upload->creator != creator || expires_at(*upload) <= parts_.clock.now()) {
    throw upload_missing(id);
  }
  return std::move(*upload);
}

std::vector<Upload> UploadDesk::list(UserId creator) const {
  std::vector<Upload> all = rows_.list(creator);
  const TimePoint now = parts_.clock.now();
  std::erase_if(all, [&](const Upload& upload) { return expires_at(upload) <= now; });
  return all;
}

std::uint64_t UploadDesk::arrived(const Upload& upload) const {
  switch (upload.state) {
    case UploadState::done:
      return length_of(upload);
    case UploadState::failed:
      return 0;
    case UploadState::open:
      break;
  }
  const std::uint64_t size = files_.size(upload.id).value_or(0);
  return upload.unverified_from
             ? std::min(size, static_cast<std::uint64_t>(*upload.unverified_from))
             : size;
}

TimePoint UploadDesk::expires_at(const Upload& upload) const {
  const std::optional<TimePoint> last_byte = files_.changed_at(upload.id);
  return std::max(upload.changed_at, last_byte.value_or(TimePoint{})) + parts_.expiry;
}

// ---- appending ----------------------------------------------------------------------------------

std::shared_ptr<UploadEntry> UploadDesk::entry_of(const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<UploadEntry>& entry = entries_[id];
  if (!entry) entry = std::make_shared<UploadEntry>();
  entry->used_at = std::chrono::steady_clock::now();
  return entry;
}

void UploadDesk::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  entries_.erase(id);
}

Upload UploadDesk::reload(const Upload& upload) const {
  std::optional<Upload> now = rows_.find(upload.id);
  if (!now) throw upload_missing(upload.id);
  return std::move(*now);
}

// Under the entry's lock. Shuts out whoever writes, and takes off what was never verified.
void UploadDesk::open_file_of(Upload& upload, UploadEntry& entry) {
  ++entry.turn;
  if (!entry.file) entry.file = files_.open(upload.id);
  if (!entry.file) throw upload_missing(upload.id);
  if (!upload.unverified_from) return;
  const auto from = static_cast<std::uint64_t>(*upload.unverified_from);
  if (from < entry.file->size()) entry.file->cut_to(from);
  upload.unverified_from.reset();
  rows_.update(upload);
}

std::uint64_t UploadDesk::offset(const Upload& known) {
  const std::shared_ptr<UploadEntry> entry = entry_of(known.id);
  const std::unique_lock lock = lock_or_refuse(*entry);
  Upload upload = reload(known);
  if (upload.state == UploadState::failed) throw error_of(*upload.failure);
  if (upload.state == UploadState::done) return length_of(upload);
  open_file_of(upload, *entry);
  return entry->file->size();
}

UploadWriter UploadDesk::append(const Upload& known, std::uint64_t offset, bool verified) {
  const std::shared_ptr<UploadEntry> entry = entry_of(known.id);
  const std::unique_lock lock = lock_or_refuse(*entry);
  Upload upload = reload(known);
  if (upload.state == UploadState::failed) throw error_of(*upload.failure);
  if (upload.state == UploadState::done) throw wrong_offset(offset, length_of(upload));
  open_file_of(upload, *entry);
  if (entry->file->size() != offset) throw wrong_offset(offset, entry->file->size());
  return {parts_.database, std::move(upload), entry, verified};
}

// ---- the end ------------------------------------------------------------------------------------

bool UploadDesk::end(Upload& upload, const std::function<void(const Blob&)>& give) {
  const std::shared_ptr<UploadEntry> entry = entry_of(upload.id);
  const std::unique_lock lock = lock_or_refuse(*entry);
  upload = reload(upload);
  if (upload.state == UploadState::failed) throw error_of(*upload.failure);
  if (upload.state == UploadState::done) return false;
  open_file_of(upload, *entry);
  if (entry->file->size() != length_of(upload)) return false;
  try {
    take(upload, *entry, give);
  } catch (const Error& error) {
    keep_failure(upload, *entry, error);
    throw;
  }
  upload.state = UploadState::done;
  upload.failure.reset();
  upload.changed_at = parts_.clock.now();
  rows_.update(upload);
  entry->file.reset();
  files_.remove(upload.id);
  forget(upload.id);
  return true;
}

void UploadDesk::take(Upload& upload, UploadEntry& entry,
                      const std::function<void(const Blob&)>& give) {
  const std::string sha256 = entry.file->sha256();
  if (!upload.sha256.empty() && upload.sha256 != sha256) {
    throw other_content(upload.sha256, sha256);
  }
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    const Blob blob = parts_.blobs.keep(*entry.file);
    try {
      return give(blob);
    } catch (const Error& error) {
      parts_.drop_content(blob.sha256);
      // Others let go of the same content at this moment; our own bytes are still here.
      if (error.code() != "content_removed" || attempt == kAttempts) throw;
    }
  }
}

void UploadDesk::keep_failure(Upload& upload, UploadEntry& entry, const Error& error) {
  const bool hopeless = error.kind() == ErrorKind::invalid || error.kind() == ErrorKind::too_large;
  upload.state = hopeless ? UploadState::failed : UploadState::open;
  upload.failure = failure_of(error);
  upload.changed_at = parts_.clock.now();
  rows_.update(upload);
  if (!hopeless) return;
  entry.file.reset();
  files_.remove(upload.id);
  forget(upload.id);
}

void UploadDesk::remove(const Upload& upload) {
  const std::shared_ptr<UploadEntry> entry = entry_of(upload.id);
  const std::unique_lock lock = lock_or_refuse(*entry);
  ++entry->turn;
  entry->file.reset();
  rows_.remove(upload.id);
  files_.remove(upload.id);
  forget(upload.id);
}

// Joined ones that an earlier run did not get to the end of: their parts are all still there.
void UploadDesk::remove_halves() {
  for (const Upload& upload : rows_.all()) {
    const bool half = upload.kind == UploadKind::joined && arrived(upload) < length_of(upload) &&
                      upload.state == UploadState::open;
    if (half) remove(upload);
  }
}

void UploadDesk::sweep() {
  const std::vector<std::string> files = files_.ids();  // before the rows: a row comes first
  std::set<std::string> known;
  const TimePoint now = parts_.clock.now();
  for (const Upload& upload : rows_.all()) {
    known.insert(upload.id);
    if (expires_at(upload) <= now) remove(upload);
  }
  for (const std::string& id : files) {
    if (known.contains(id)) continue;
    forget(id);
    files_.remove(id);
  }
  const std::lock_guard lock(mutex_);
  const auto idle_since = std::chrono::steady_clock::now() - kKeepOpen;
  std::erase_if(entries_, [&](const auto& entry) {
    return entry.second.use_count() == 1 && entry.second->used_at.load() < idle_since;
  });
}

void UploadDesk::run() {
  const auto pause = std::clamp<std::chrono::milliseconds>(
      parts_.expiry / 4, std::chrono::milliseconds(200), std::chrono::minutes(10));
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      sweep();
    } catch (const std::exception& error) {
      log::error("expired uploads could not be removed: {}", error.what());
    }
    lock.lock();
    stop_.wait_for(lock, pause, [this] { return stopping_; });
  }
}

}  // namespace cloudbrain
