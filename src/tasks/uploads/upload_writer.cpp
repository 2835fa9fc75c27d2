#include "base/log.h"
#include "tasks/uploads/upload_desk.h"
#include "tasks/uploads/upload_entry.h"

namespace cloudbrain {

// Under the entry's lock.
UploadWriter::UploadWriter(store::Database& database, store::Upload upload,
                           std::shared_ptr<UploadEntry> entry, bool verified)
    : rows_(database),
      upload_(std::move(upload)),
      entry_(std::move(entry)),
      turn_(entry_->turn),
      verified_(verified) {
  if (!verified_) return;
  upload_.unverified_from = static_cast<std::int64_t>(entry_->file->size());
  rows_.update(upload_);
  entry_->file->hold_hash();
}

UploadWriter::~UploadWriter() {
  if (!entry_ || !verified_) return;
  const std::lock_guard lock(entry_->mutex);
  if (entry_->turn != turn_ || !entry_->file) return;  // whoever came next has seen to it
  try {
    entry_->file->cut_to(static_cast<std::uint64_t>(*upload_.unverified_from));
    entry_->file->release_hash();
    upload_.unverified_from.reset();
    rows_.update(upload_);
  } catch (const Error& error) {
    // The row says it still, so the next one to come does it.
    log::warning("upload {}: {}", upload_.id, error.what());
  }
}

void UploadWriter::write(std::span<const char> bytes) {
  const std::lock_guard lock(entry_->mutex);
  if (entry_->turn != turn_) {
    throw Error(ErrorKind::conflict, "upload_taken_over",
                {"Another request goes on with this upload.", "另一个请求正在继续该上传。"},
                {"Ask for the offset by HEAD.", "请用 HEAD 查询偏移量。"});
  }
  const auto length = static_cast<std::uint64_t>(upload_.size_bytes);
  if (bytes.size() > length - entry_->file->size()) {
    throw Error(ErrorKind::too_large, "upload_overrun",
                {fmt::format("More bytes came than the {} that were announced.", length),
                 fmt::format("收到的字节超过声明的 {} 字节。", length)});
  }
  entry_->file->append(bytes);
}

std::uint64_t UploadWriter::finish() {
  const std::shared_ptr<UploadEntry> entry = entry_;
  const std::lock_guard lock(entry->mutex);
  if (entry->turn != turn_ || !entry->file) {
    throw Error(ErrorKind::conflict, "upload_taken_over",
                {"Another request goes on with this upload.", "另一个请求正在继续该上传。"});
  }
  if (verified_) {
    upload_.unverified_from.reset();
    rows_.update(upload_);
    entry->file->release_hash();
  }
  entry_.reset();
  return entry->file->size();
}

}  // namespace cloudbrain
