// Where the lines of a log begin: a sparse index that grows with the log, so that any page of ten
// million lines opens at once.
//
// A line ends with "\n". A "\r" inside a line starts it over (progress bars): the line stays one
// line. The last line may have no "\n" yet; it counts as soon as it has a byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace cloudbrain {

// A plain value; its owner locks.
class LogIndex {
 public:
  // Lines between two remembered offsets: 8 bytes of memory per 256 lines.
  static constexpr std::int64_t kStride = 256;

  // Reads what the file gained since the last call.
  void extend(int fd);

  std::int64_t bytes() const { return bytes_; }
  // Complete lines, plus the last one where it has begun.
  std::int64_t lines() const { return line_feeds_ + (bytes_ > after_last_feed_ ? 1 : 0); }

  // The remembered line at or before `line` (both from 0) and its offset.
  struct Position {
    std::int64_t line;
    std::int64_t offset;
  };
  Position at_or_before(std::int64_t line) const;
  Position at_or_before_offset(std::int64_t offset) const;

  // A finished log's index is kept beside it, so that it is never scanned again.
  std::string to_bytes() const;
  // nullopt where the bytes are not an index of a log of `log_size` bytes.
  static std::optional<LogIndex> from_bytes(std::string_view bytes, std::int64_t log_size);

 private:
  void take(std::string_view piece);

  std::int64_t bytes_ = 0;
  std::int64_t line_feeds_ = 0;
  std::int64_t after_last_feed_ = 0;      // offset of the line that has not ended
  std::vector<std::int64_t> offsets_{0};  // of lines 0, kStride, 2 kStride, …
};

}  // namespace cloudbrain
