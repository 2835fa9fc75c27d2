#include "runner/log_writer.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace cloudbrain::runner {

void LogWriter::append(std::span<const char> bytes) {
  if (full_ || bytes.empty()) return;
  if (unnoted_ > 0) note_loss();
  const std::size_t room = limit_ > 0 ? static_cast<std::size_t>(limit_ - kept_) : bytes.size();
  const std::span<const char> wanted = bytes.first(std::min(room, bytes.size()));
  // After a loss that could not be noted nothing is written either: a gap must be seen as one.
  const std::size_t written = unnoted_ > 0 ? 0 : write(wanted);
  kept_ += static_cast<std::int64_t>(wanted.size());
  lost_ += static_cast<std::int64_t>(wanted.size() - written);
  unnoted_ += static_cast<std::int64_t>(wanted.size() - written);
  if (wanted.size() == bytes.size()) return;
  full_ = true;
  note("the log has reached its limit of " + std::to_string(limit_) +
           " bytes; what follows is not kept.",
       "日志已达到上限 " + std::to_string(limit_) + " 字节，之后的输出不再保留。");
}

void LogWriter::note(std::string_view en, std::string_view zh) {
  std::string line = last_ == '\n' ? "" : "\n";
  line.append("[cloudbrain] ").append(en).append(" ").append(zh).append("\n");
  write(line);
}

void LogWriter::note_loss() {
  const std::string count = std::to_string(unnoted_);
  const std::string line =
      (last_ == '\n' ? "" : "\n") + ("[cloudbrain] " + count) +
      " bytes of output are missing here: the disk was full. 磁盘已满，此处缺失 " + count +
      " 字节输出。\n";
  // All of the line or nothing: it is tried again with the next output.
  const off_t before = ::lseek(file_.get(), 0, SEEK_END);
  if (write(line) == line.size()) {
    unnoted_ = 0;
  } else {
    (void)!::ftruncate(file_.get(), before);
  }
}

std::size_t LogWriter::write(std::span<const char> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(file_.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  if (done > 0) {
    last_ = bytes[done - 1];
    wrote_ = true;
  }
  return done;
}

void LogWriter::finish() {
  if (unnoted_ > 0) note_loss();
  if (wrote_) ::fdatasync(file_.get());  // a silent script has nothing to sync
}

}  // namespace cloudbrain::runner
