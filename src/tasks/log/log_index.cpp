#include "tasks/log/log_index.h"

#include <cerrno>
#include <cstring>
#include <span>

#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

namespace {

constexpr std::string_view kMagic = "cblogix1";
constexpr std::size_t kPiece = 256U << 10U;

template <typename T>
void append_number(std::string& to, T number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::int64_t number_at(std::string_view bytes, std::size_t index) {
  std::int64_t number = 0;
  std::memcpy(&number, bytes.data() + kMagic.size() + index * sizeof number, sizeof number);
  return number;
}

}  // namespace

void LogIndex::extend(int fd) {
  std::string buffer(kPiece, '\0');
  while (true) {
    const ssize_t count = ::pread(fd, buffer.data(), buffer.size(), bytes_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("pread", "log");
    if (count == 0) return;
    take(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
  }
}

void LogIndex::take(std::string_view piece) {
  const char* const begin = piece.data();
  const char* const end = begin + piece.size();
  for (const char* at = begin; at < end;) {
    const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    if (found == nullptr) break;
    at = static_cast<const char*>(found) + 1;
    after_last_feed_ = bytes_ + (at - begin);
    if (++line_feeds_ % kStride == 0) offsets_.push_back(after_last_feed_);
  }
  bytes_ += static_cast<std::int64_t>(piece.size());
}

LogIndex::Position LogIndex::at_or_before(std::int64_t line) const {
  const auto slot = std::min(static_cast<std::size_t>(line / kStride), offsets_.size() - 1);
  return {static_cast<std::int64_t>(slot) * kStride, offsets_[slot]};
}

LogIndex::Position LogIndex::at_or_before_offset(std::int64_t offset) const {
  const auto after = std::upper_bound(offsets_.begin(), offsets_.end(), offset);
  const auto slot = static_cast<std::size_t>(after - offsets_.begin()) - 1;
  return {static_cast<std::int64_t>(slot) * kStride, offsets_[slot]};
}

std::string LogIndex::to_bytes() const {
  std::string bytes(kMagic);
  append_number(bytes, bytes_);
  append_number(bytes, line_feeds_);
  append_number(bytes, after_last_feed_);
  for (const std::int64_t offset : offsets_) append_number(bytes, offset);
  return bytes;
}

std::optional<LogIndex> LogIndex::from_bytes(std::string_view bytes, std::int64_t log_size) {
  constexpr std::size_t kFixed = kMagic.size() + 4 * sizeof(std::int64_t);
  if (!bytes.starts_with(kMagic) || bytes.size() < kFixed) return std::nullopt;
  const std::size_t numbers = (bytes.size() - kMagic.size()) / sizeof(std::int64_t);
  LogIndex index;
  index.bytes_ = number_at(bytes, 0);
  index.line_feeds_ = number_at(bytes, 1);
  index.after_last_feed_ = number_at(bytes, 2);
  index.offsets_.clear();
  for (std::size_t i = 3; i < numbers; ++i) index.offsets_.push_back(number_at(bytes, i));
  const bool whole =
      index.bytes_ == log_size &&
      index.offsets_.size() == static_cast<std::size_t>(index.line_feeds_ / kStride) + 1;
  if (!whole) return std::nullopt;
  return index;
}

}  // namespace cloudbrain
