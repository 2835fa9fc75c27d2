// The task's log: bytes as they come, never an error to whoever writes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/files.h"

namespace cloudbrain::runner {

// Whatever happens to the disk, the script is never held up: what can't be kept is dropped, and a
// line in the log says so as soon as there is room for it.
class LogWriter {
 public:
  // `limit`: bytes to keep; 0: all.
  LogWriter(Fd file, std::int64_t limit) : file_(std::move(file)), limit_(limit) {}

  void append(std::span<const char> bytes);
  // A line of our own, in both languages; begins on a line of its own.
  void note(std::string_view en, std::string_view zh);
  // Bytes that the disk did not take.
  std::int64_t lost() const { return lost_; }
  // On disk for good, as far as the disk allows.
  void finish();

 private:
  std::size_t write(std::span<const char> bytes);
  void note_loss();

  Fd file_;
  std::int64_t limit_;
  std::int64_t kept_ = 0;
  std::int64_t lost_ = 0;
  std::int64_t unnoted_ = 0;  // of lost_, what no line tells of yet
  bool full_ = false;         // the limit was reached
  bool wrote_ = false;
  char last_ = '\n';
};

}  // namespace cloudbrain::runner
