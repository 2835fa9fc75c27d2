// What the running server keeps of an upload under way.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/error.h"
#include "blobs/uploads/growing_file.h"

namespace cloudbrain {

struct UploadEntry {
  std::timed_mutex mutex;  // of all below
  std::uint64_t turn = 0;  // whoever holds another number writes no more
  std::optional<GrowingFile> file;
  std::atomic<std::chrono::steady_clock::time_point> used_at = std::chrono::steady_clock::now();
};

// A writer holds the lock for one piece; the end of an upload for seconds, while an archive is
// unpacked. Throws busy "upload_busy" after waiting for a while.
inline std::unique_lock<std::timed_mutex> lock_or_refuse(UploadEntry& entry) {
  // The system's clock, as ThreadSanitizer does not know the lock that waits by the steady one.
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(5);
  std::unique_lock lock(entry.mutex, deadline);
  if (lock) return lock;
  throw Error(ErrorKind::busy, "upload_busy",
              {"The upload's end is under way.", "该上传正在收尾。"},
              {"Ask again in a few seconds.", "请过几秒再查询。"});
}

}  // namespace cloudbrain
