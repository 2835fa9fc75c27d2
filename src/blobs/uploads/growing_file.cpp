#include "blobs/uploads/growing_file.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

namespace {

// Every so many bytes the kernel is asked to start writing, so that sync() waits for the last few
// megabytes and not for gigabytes.
constexpr std::uint64_t kWriteOut = 32ULL << 20U;
constexpr std::uint64_t kRoomStep = 8ULL << 20U;
constexpr std::size_t kPiece = 64U << 10U;
constexpr std::uint64_t kStep = 1U << 20U;
constexpr std::uint64_t kTurn = 64U << 20U;
constexpr std::size_t kWorthBeside = 64U << 10U;
// Fewer bytes are not worth waking another thread to read them.
constexpr std::uint64_t kWorthAThread = 1U << 20U;

std::uint64_t size_of(const Fd& fd, const fs::path& path) {
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) throw_errno("fstat", path.native());
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

// Hashes the front of the file, up to where it was told that the bytes will stay.
class GrowingFile::Follower {
 public:
  Follower(KeyedPool& hashers, int fd, std::string key)
      : hashers_(hashers), fd_(fd), key_(std::move(key)) {}

  ~Follower() { stop(); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // Hashes bytes that are about to be written behind all that is hashed, on another thread and from
  // memory: that spares reading them back. False where the hash is not so far; then it follows.
  bool hash_beside(std::span<const char> bytes, std::uint64_t at) {
    const std::lock_guard lock(mutex_);
    if (runs_ || failure_ || hashed_ != at || bytes.size() < kWorthBeside) return false;
    runs_ = true;
    hashers_.post(key_, [this, bytes] {
      hash_.update(bytes);
      const std::lock_guard done(mutex_);
      hashed_ += bytes.size();
      runs_ = false;
      idle_.notify_all();
    });
    return true;
  }

  // After hash_beside(), before the bytes go.
  void await() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return !runs_; });
  }

  // After await(): where the file really ends. Not all bytes that were hashed need be there.
  void written_to(std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    target_ = size;
    if (hashed_ > size) begin_anew();
  }

  void grown_to(std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    target_ = size;
    if (runs_ || target_ - hashed_ < kWorthAThread) return;
    runs_ = true;
    hashers_.post(key_, [this] { follow(); });
  }

  void cut_to(std::uint64_t size) {
    stop();
    target_ = size;
    if (hashed_ > size) begin_anew();
  }

  std::string finish(std::uint64_t size) {
    std::unique_lock lock(mutex_);
    target_ = size;
    idle_.wait(lock, [this] { return !runs_; });
    if (failure_ || hashed_ < size) {
      if (failure_) begin_anew();
      lock.unlock();
      step_to(size);
    }
    if (digest_.empty()) digest_ = hash_.finish();
    return digest_;
  }

 private:
  // Leaves the hash where it is; nothing runs afterwards.
  void stop() {
    std::unique_lock lock(mutex_);
    target_ = 0;
    idle_.wait(lock, [this] { return !runs_; });
  }

  void begin_anew() {
    hash_ = Sha256();
    hashed_ = 0;
    failure_ = false;
    digest_.clear();
  }

  // On a hasher's thread, for a while: there are fewer of them than there may be uploads.
  void follow() {
    std::unique_lock lock(mutex_);
    const std::uint64_t end_of_turn = hashed_ + kTurn;
    while (hashed_ < std::min(target_, end_of_turn) && !failure_) {
      const std::uint64_t until = std::min<std::uint64_t>(target_, hashed_ + kStep);
      lock.unlock();
      bool failed = false;
      try {
        step_to(until);
      } catch (...) {  // finish() reads again and tells
        failed = true;
      }
      lock.lock();
      failure_ = failed;
    }
    runs_ = hashed_ < target_ && !failure_;
    if (runs_) return hashers_.post(key_, [this] { follow(); });
    idle_.notify_all();
  }

  // By whoever runs, and nobody beside it.
  void step_to(std::uint64_t until) {
    std::array<char, kPiece> piece;  // NOLINT(*-member-init): read into
    while (hashed_ < until) {
      const std::size_t want = std::min<std::uint64_t>(kPiece, until - hashed_);
      const ssize_t got = ::pread(fd_, piece.data(), want, static_cast<off_t>(hashed_.load()));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw_errno("pread", key_, got == 0 ? EIO : errno);
      hash_.update(std::span(piece).first(static_cast<std::size_t>(got)));
      hashed_ += static_cast<std::uint64_t>(got);
    }
  }

  KeyedPool& hashers_;
  const int fd_;
  const std::string key_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::uint64_t target_ = 0;  // by the lock
  bool runs_ = false;         // by the lock: a hasher's thread has what follows
  bool failure_ = false;
  Sha256 hash_;
  std::atomic<std::uint64_t> hashed_ = 0;
  std::string digest_;
};

GrowingFile::GrowingFile(KeyedPool& hashers, fs::path path, Fd fd, std::uint64_t size)
    : path_(std::move(path)),
      fd_(std::move(fd)),
      size_(size),
      room_checked_(size),
      follower_(std::make_unique<Follower>(hashers, fd_.get(), path_.native())) {}
GrowingFile::GrowingFile(GrowingFile&&) noexcept = default;
GrowingFile& GrowingFile::operator=(GrowingFile&& other) noexcept {
  follower_ = std::move(other.follower_);  // first: it reads the file that is closed next
  path_ = std::move(other.path_);
  fd_ = std::move(other.fd_);
  size_ = other.size_;
  room_checked_ = other.room_checked_;
  holds_hash_ = other.holds_hash_;
  return *this;
}
GrowingFile::~GrowingFile() = default;

GrowingFile GrowingFile::create(KeyedPool& hashers, fs::path path) {
  Fd fd = open_file(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0600);
  return {hashers, std::move(path), std::move(fd), 0};
}

std::optional<GrowingFile> GrowingFile::open(KeyedPool& hashers, fs::path path) {
  Fd fd = try_open_file(path, O_RDWR | O_APPEND);
  if (!fd) return std::nullopt;
  const std::uint64_t size = size_of(fd, path);
  return GrowingFile(hashers, std::move(path), std::move(fd), size);
}

void GrowingFile::need_room() {
  if (size_ < room_checked_) return;
  room_checked_ = size_ + kRoomStep;
  if (free_bytes(path_.parent_path()) >= kReserveBytes) return;
  room_checked_ = size_;
  throw Error(ErrorKind::no_space, "disk_full",
              {fmt::format("The disk is full: {} bytes of the upload have arrived.", size_),
               fmt::format("磁盘已满：上传已到达 {} 字节。", size_)},
              {"Free some space in the data directory and go on with the upload.",
               "请清理数据目录所在磁盘后继续上传。"});
}

void GrowingFile::append(std::span<const char> bytes) {
  need_room();
  const std::uint64_t before = size_;
  const bool beside = !holds_hash_ && follower_->hash_beside(bytes, size_);
  try {
    write_all(fd_.get(), bytes, path_.native());
    size_ += bytes.size();
  } catch (...) {
    if (beside) follower_->await();
    size_ = size_of(fd_, path_);
    follower_->written_to(size_);
    throw;
  }
  if (beside) follower_->await();
  after_growth(before);
}

void GrowingFile::append_file(const fs::path& other) {
  const Fd from = open_file(other, O_RDONLY);
  std::vector<char> piece(kWorthAThread);
  while (true) {
    const ssize_t count = ::read(from.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("read", other.native());
    if (count == 0) return;
    append(std::span(piece).first(static_cast<std::size_t>(count)));
  }
}

void GrowingFile::after_growth(std::uint64_t before) {
  if (!holds_hash_) follower_->grown_to(size_);
  if (size_ / kWriteOut == before / kWriteOut) return;
  const std::uint64_t from = before / kWriteOut * kWriteOut;
  (void)::sync_file_range(fd_.get(), static_cast<off_t>(from), 0, SYNC_FILE_RANGE_WRITE);
}

void GrowingFile::cut_to(std::uint64_t size) {
  follower_->cut_to(size);
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) {
    throw_errno("ftruncate", path_.native());
  }
  size_ = size;
  room_checked_ = size;
}

void GrowingFile::release_hash() {
  holds_hash_ = false;
  follower_->grown_to(size_);
}

std::string GrowingFile::sha256() {
  return follower_->finish(size_);
}

void GrowingFile::sync() {
  if (::fsync(fd_.get()) != 0) throw_errno("fsync", path_.native());
}

}  // namespace cloudbrain
