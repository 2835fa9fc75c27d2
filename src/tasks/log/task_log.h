// Reading a task's log, in full, while it is written.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/watcher.h"
#include "tasks/log/log_index.h"

namespace cloudbrain {

struct LogInfo {
  std::int64_t lines = 0;
  std::int64_t bytes = 0;
};

// One line as a person sees it.
struct LogLine {
  std::int64_t number = 0;   // from 1
  std::int64_t offset = 0;   // of its first byte in the file
  std::string text;          // its last state, valid UTF-8 (U+FFFD for what is not)
  std::int64_t updates = 0;  // times it was overwritten with "\r"
  bool cut = false;          // longer than kLineLimit; text has the beginning
};

// The logs of all tasks. Keeps the indexes of recently read logs. Safe from any thread.
class TaskLogs {
 public:
  static constexpr std::size_t kLineLimit = 16U << 10U;

  // A log that does not exist yet is an empty one.
  LogInfo info(const fs::path& log);
  // Lines first … first + count - 1 (from 1), fewer at the end.
  std::vector<LogLine> lines(const fs::path& log, std::int64_t first, std::int64_t count);
  // Calls `hit` with the number of every line that holds `words`, in order, until it gives false.
  // Case is ignored for ASCII where `ignore_case`. Gives the number of hits.
  std::int64_t search(const fs::path& log, std::string_view words, bool ignore_case,
                      const std::function<bool(std::int64_t line)>& hit) const;
  // Reads what was added and, once the log is complete, keeps the index beside the log.
  void settle(const fs::path& log);
  void forget(const fs::path& log);

 private:
  struct Entry {
    std::mutex mutex;
    LogIndex index;
    bool loaded = false;
  };
  std::shared_ptr<Entry> entry(const fs::path& log);
  static void refresh(Entry& entry, const fs::path& log, int fd);

  std::mutex mutex_;
  // shared_ptr: an entry may be dropped from the table while a reader still uses it.
  std::map<std::string, std::shared_ptr<Entry>> entries_;
};

// Follows one log from an offset. One thread at a time; `wake` comes from the watcher's thread.
class LogFollower {
 public:
  // The log need not be there yet. A read that finds its folder waits for it to come; before there
  // is a folder, somebody else must say when to read again.
  LogFollower(Watcher& watcher, fs::path log, std::int64_t offset);

  // Called once, before the first read: `wake` may be called from any thread until this is
  // destroyed.
  void on_growth(std::function<void()> wake);

  struct Piece {
    std::int64_t offset = 0;  // of the first byte
    std::int64_t end = 0;     // offset after the last byte
    std::string text;         // valid UTF-8
  };
  // What was added since the last read, at most 64 KiB; nullopt where there is nothing new. Bytes
  // of a character that is not complete yet are held back unless `complete`.
  std::optional<Piece> read(bool complete);

 private:
  bool open();

  Watcher& watcher_;
  const fs::path log_;
  std::int64_t offset_;
  Fd file_;
  std::function<void()> wake_;
  Watcher::Watch watch_;
};

// `bytes` as valid UTF-8: what is not becomes U+FFFD.
std::string to_valid_utf8(std::string_view bytes);

}  // namespace cloudbrain
