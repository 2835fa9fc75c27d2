// A file that grows at its end, and whose SHA-256 is known soon after its last byte: another thread
// hashes while this one writes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "base/files.h"
#include "base/hash.h"
#include "base/keyed_pool.h"

namespace cloudbrain {

// One owner, one thread at a time. Bytes are hashed from memory while they are written. Where the
// hash is behind (an earlier run wrote the first part, or the pieces are small) it follows by
// reading the file, and holds nobody up.
class GrowingFile {
 public:
  // Disk space that is left free, so that the database, logs and results can still be written.
  static constexpr std::uint64_t kReserveBytes = 256ULL << 20U;

  // Makes the file; it must not be there.
  static GrowingFile create(KeyedPool& hashers, fs::path path);
  // Goes on with one. Nullopt where there is none.
  static std::optional<GrowingFile> open(KeyedPool& hashers, fs::path path);

  GrowingFile(GrowingFile&&) noexcept;
  GrowingFile& operator=(GrowingFile&&) noexcept;
  ~GrowingFile();

  // Throws Error no_space ("disk_full"). What was written before that stays: see size().
  void append(std::span<const char> bytes);
  // Appends the whole of another file.
  void append_file(const fs::path& other);
  std::uint64_t size() const { return size_; }
  // Takes the newest bytes off again. `size` is at most size().
  void cut_to(std::uint64_t size);
  // From now on the hash follows. Off between hold_hash() and this: bytes that may be taken off
  // again are not hashed.
  void hold_hash() { holds_hash_ = true; }
  void release_hash();
  // Of all bytes; waits until they are hashed.
  std::string sha256();
  // Returns when the bytes would survive power loss.
  void sync();

  const fs::path& path() const { return path_; }
  const Fd& fd() const { return fd_; }

 private:
  class Follower;
  GrowingFile(KeyedPool& hashers, fs::path path, Fd fd, std::uint64_t size);
  void after_growth(std::uint64_t before);
  void need_room();

  fs::path path_;
  Fd fd_;
  std::uint64_t size_ = 0;
  std::uint64_t room_checked_ = 0;  // up to this size the disk had room
  bool holds_hash_ = false;
  std::unique_ptr<Follower> follower_;
};

}  // namespace cloudbrain
