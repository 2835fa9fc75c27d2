#include "tasks/log/task_log.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <strings.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kPiece = 256U << 10U;
constexpr std::size_t kFollowPiece = 64U << 10U;
constexpr std::size_t kKeptIndexes = 64;

std::string read_at(int fd, std::int64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t count =
        ::pread(fd, bytes.data() + have, size - have, offset + static_cast<std::int64_t>(have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("pread", "log");
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

fs::path index_path(const fs::path& log) {
  return log.parent_path() / "log.index";
}

std::int64_t file_size(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) throw_errno("fstat", "log");
  return status.st_size;
}

// A raw line (no "\n") as a person sees it: what follows the last "\r" that is followed by
// anything.
void show(std::string_view raw, LogLine& line) {
  while (raw.ends_with('\r')) raw.remove_suffix(1);
  line.updates = std::count(raw.begin(), raw.end(), '\r');
  const std::size_t last = raw.rfind('\r');
  if (last != std::string_view::npos) raw.remove_prefix(last + 1);
  line.cut = raw.size() > TaskLogs::kLineLimit;
  line.text = to_valid_utf8(raw.substr(0, TaskLogs::kLineLimit));
}

// Reads lines one after another from an offset, in pieces. A line longer than kHold is seen by its
// last kHold bytes only, so that a line of a gigabyte costs no memory.
class LineReader {
 public:
  LineReader(int fd, std::int64_t offset) : fd_(fd), next_(offset), line_start_(offset) {}

  // Calls `line(offset, raw)` for each line until it gives false or the file ends.
  template <typename Callback>
  void each(Callback&& line) {
    while (true) {
      const std::string piece = read_at(fd_, next_, kPiece);
      if (piece.empty()) break;
      std::string_view rest = piece;
      while (!rest.empty()) {
        const std::size_t feed = rest.find('\n');
        hold(rest.substr(0, feed));
        if (feed == std::string_view::npos) break;
        if (!line(line_start_, std::string_view(held_))) return;
        rest.remove_prefix(feed + 1);
        held_.clear();
        line_start_ = next_ + static_cast<std::int64_t>(rest.data() - piece.data());
      }
      next_ += static_cast<std::int64_t>(piece.size());
    }
    if (!held_.empty()) line(line_start_, std::string_view(held_));
  }

 private:
  static constexpr std::size_t kHold = 1U << 20U;

  void hold(std::string_view more) {
    // The end matters for progress bars, the beginning for long plain lines.
    if (held_.size() + more.size() > kHold && more.find('\r') != std::string_view::npos)
      held_.clear();
    held_.append(more.substr(0, kHold - std::min(kHold, held_.size())));
  }

  int fd_;
  std::int64_t next_;
  std::int64_t line_start_;
  std::string held_;
};

bool contains(std::string_view text, std::string_view words, bool ignore_case) {
  if (!ignore_case)
    return ::memmem(text.data(), text.size(), words.data(), words.size()) != nullptr;
  const auto equal = [](char a, char b) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return low(a) == low(b);
  };
  return std::search(text.begin(), text.end(), words.begin(), words.end(), equal) != text.end();
}

// Bytes at the end that begin a character whose rest has not come yet (RFC 3629: at most 3).
std::size_t incomplete_tail(std::string_view bytes) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, bytes.size()); ++back) {
    const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
    if ((byte & 0xC0U) == 0x80U) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

std::string to_valid_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  std::string text;
  text.reserve(bytes.size() + 16);
  while (!bytes.empty()) {
    // The longest valid sequence at the front, at most 4 bytes.
    std::size_t length = std::min<std::size_t>(4, bytes.size());
    while (length > 0 &&
           !(is_utf8(bytes.substr(0, length)) && count_characters(bytes.substr(0, length)) == 1)) {
      --length;
    }
    if (length == 0) {
      text += "\xEF\xBF\xBD";
      bytes.remove_prefix(1);
    } else {
      text += bytes.substr(0, length);
      bytes.remove_prefix(length);
    }
  }
  return text;
}

std::shared_ptr<TaskLogs::Entry> TaskLogs::entry(const fs::path& log) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kKeptIndexes && !entries_.contains(log.native())) entries_.clear();
  std::shared_ptr<Entry>& entry = entries_[log.native()];
  if (!entry) entry = std::make_shared<Entry>();
  return entry;
}

void TaskLogs::refresh(Entry& entry, const fs::path& log, int fd) {
  if (!entry.loaded) {
    entry.loaded = true;
    if (const auto kept = try_read_file(index_path(log))) {
      if (auto index = LogIndex::from_bytes(*kept, file_size(fd))) entry.index = std::move(*index);
    }
  }
  entry.index.extend(fd);
}

LogInfo TaskLogs::info(const fs::path& log) {
  const Fd fd = try_open_file(log, O_RDONLY);
  if (!fd) return {};
  const auto kept = entry(log);
  const std::lock_guard lock(kept->mutex);
  refresh(*kept, log, fd.get());
  return {kept->index.lines(), kept->index.bytes()};
}

std::vector<LogLine> TaskLogs::lines(const fs::path& log, std::int64_t first, std::int64_t count) {
  std::vector<LogLine> result;
  const Fd fd = try_open_file(log, O_RDONLY);
  if (!fd) return result;
  LogIndex::Position position{};
  {
    const auto kept = entry(log);
    const std::lock_guard lock(kept->mutex);
    refresh(*kept, log, fd.get());
    if (first > kept->index.lines()) return result;
    position = kept->index.at_or_before(first - 1);
  }
  std::int64_t number = position.line;
  LineReader(fd.get(), position.offset).each([&](std::int64_t offset, std::string_view raw) {
    if (++number < first) return true;
    LogLine& line = result.emplace_back();
    line.number = number;
    line.offset = offset;
    show(raw, line);
    return static_cast<std::int64_t>(result.size()) < count;
  });
  return result;
}

std::int64_t TaskLogs::search(const fs::path& log, std::string_view words, bool ignore_case,
                              const std::function<bool(std::int64_t line)>& hit) const {
  const Fd fd = try_open_file(log, O_RDONLY);
  if (!fd || words.empty()) return 0;
  std::int64_t number = 0;
  std::int64_t hits = 0;
  LineReader(fd.get(), 0).each([&](std::int64_t, std::string_view raw) {
    ++number;
    if (!contains(raw, words, ignore_case)) return true;
    ++hits;
    return hit(number);
  });
  return hits;
}

void TaskLogs::settle(const fs::path& log) {
  const Fd fd = try_open_file(log, O_RDONLY);
  if (!fd) return;
  const auto kept = entry(log);
  const std::lock_guard lock(kept->mutex);
  refresh(*kept, log, fd.get());
  // A short log is scanned faster than its index is read.
  if (kept->index.bytes() < (std::int64_t{1} << 20U)) return;
  write_file_atomic(index_path(log), kept->index.to_bytes(), Durable::no);
}

void TaskLogs::forget(const fs::path& log) {
  const std::lock_guard lock(mutex_);
  entries_.erase(log.native());
}

LogFollower::LogFollower(Watcher& watcher, fs::path log, std::int64_t offset)
    : watcher_(watcher), log_(std::move(log)), offset_(offset) {}

void LogFollower::on_growth(std::function<void()> wake) {
  wake_ = std::move(wake);
}

// False while there is no log; its folder then tells when it comes.
bool LogFollower::open() {
  file_ = try_open_file(log_, O_RDONLY);
  std::error_code error;
  if (!file_ && wake_ && !watch_ && fs::is_directory(log_.parent_path(), error)) {
    watch_ =
        watcher_.watch(log_.parent_path(), IN_CREATE, [wake = wake_](std::string_view) { wake(); });
    file_ = try_open_file(log_, O_RDONLY);  // it may have come in between
  }
  if (!file_) return false;
  // Armed before the first read: a byte written in between wakes us.
  if (wake_) watch_ = watcher_.watch(log_, IN_MODIFY, [wake = wake_](std::string_view) { wake(); });
  return true;
}

std::optional<LogFollower::Piece> LogFollower::read(bool complete) {
  if (!file_ && !open()) return std::nullopt;
  std::string bytes = read_at(file_.get(), offset_, kFollowPiece);
  if (!complete || bytes.size() == kFollowPiece)
    bytes.resize(bytes.size() - incomplete_tail(bytes));
  if (bytes.empty()) return std::nullopt;
  Piece piece{offset_, offset_ + static_cast<std::int64_t>(bytes.size()), to_valid_utf8(bytes)};
  offset_ = piece.end;
  return piece;
}

}  // namespace cloudbrain
