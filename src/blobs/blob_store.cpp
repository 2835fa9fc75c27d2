#include "blobs/blob_store.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

namespace {

// Every so many bytes the kernel is asked to start writing, so that finish() waits for the last few
// megabytes and not for gigabytes.
constexpr std::uint64_t kWriteOut = 32ULL << 20U;

}  // namespace

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

BlobStore::Upload::Upload(BlobStore& store, fs::path path, Fd file)
    : store_(&store), path_(std::move(path)), file_(std::move(file)) {}

BlobStore::Upload::Upload(Upload&& other) noexcept
    : store_(other.store_),
      path_(std::exchange(other.path_, {})),
      file_(std::move(other.file_)),
      hash_(std::move(other.hash_)),
      size_(other.size_) {}

BlobStore::Upload& BlobStore::Upload::operator=(Upload&& other) noexcept {
  if (this == &other) return *this;
  abandon();
  store_ = other.store_;
  path_ = std::exchange(other.path_, {});
  file_ = std::move(other.file_);
  hash_ = std::move(other.hash_);
  size_ = other.size_;
  return *this;
}

BlobStore::Upload::~Upload() {
  abandon();
}

void BlobStore::Upload::abandon() noexcept {
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

void BlobStore::Upload::write(std::span<const char> bytes) {
  write_all(file_.get(), bytes, path_.native());
  hash_.update(bytes);
  const std::uint64_t before = size_ / kWriteOut;
  size_ += bytes.size();
  if (size_ / kWriteOut != before) {
    (void)::sync_file_range(file_.get(), static_cast<off_t>(before * kWriteOut), 0,
                            SYNC_FILE_RANGE_WRITE);
  }
}

Blob BlobStore::Upload::finish() {
  Blob blob{hash_.finish(), size_};
  const fs::path target = store_->path(blob.sha256);
  if (store_->size(blob.sha256) == blob.size) {
    abandon();
    return blob;
  }
  if (::fchmod(file_.get(), 0444) != 0) throw_errno("fchmod", path_.native());
  if (::fsync(file_.get()) != 0) throw_errno("fsync", path_.native());
  const fs::path directory = target.parent_path();
  if (::mkdir(directory.c_str(), 0755) == 0) {
    sync_directory(directory.parent_path());
  } else if (errno != EEXIST) {
    throw_errno("mkdir", directory.native());
  }
  // Two uploads of the same content may come here at once: the second replaces equal by equal.
  if (::rename(path_.c_str(), target.c_str()) != 0) throw_errno("rename", target.native());
  path_.clear();
  sync_directory(directory);
  return blob;
}

BlobStore::BlobStore(fs::path root) : root_(std::move(root)) {
  remove_tree(root_ / "incoming");
  make_directories(root_ / "incoming");
  make_directories(root_ / "sha256");
}

void BlobStore::need_room(std::uint64_t bytes) const {
  const std::uint64_t free = free_bytes(root_);
  if (free >= kReserveBytes && bytes <= free - kReserveBytes) return;
  const std::uint64_t usable = free - std::min(free, kReserveBytes);
  throw Error(
      ErrorKind::no_space, "disk_full",
      {fmt::format("{} bytes are to be stored, but the disk has room for {} only.", bytes, usable),
       fmt::format("需要存储 {} 字节，但磁盘只剩 {} 字节可用。", bytes, usable)},
      {"Free some space in the data directory and try again.", "请清理数据目录所在磁盘后重试。"});
}

BlobStore::Upload BlobStore::begin(std::optional<std::uint64_t> expected_size) {
  need_room(expected_size.value_or(0));
  fs::path path = root_ / "incoming" / random_name("upload-");
  Fd file = open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  return {*this, std::move(path), std::move(file)};
}

Fd BlobStore::open(std::string_view sha256) const {
  if (!is_sha256(sha256)) return {};
  return try_open_file(path(sha256), O_RDONLY);
}

std::optional<std::uint64_t> BlobStore::size(std::string_view sha256) const {
  if (!is_sha256(sha256)) return std::nullopt;
  struct stat status{};
  if (::stat(path(sha256).c_str(), &status) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

bool BlobStore::remove(std::string_view sha256) {
  if (!is_sha256(sha256)) return false;
  if (::unlink(path(sha256).c_str()) == 0) return true;
  if (errno != ENOENT) throw_errno("unlink", sha256);
  return false;
}

std::vector<std::string> BlobStore::contents() const {
  std::vector<std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(root_ / "sha256")) {
    const std::string name = entry.path().filename().native();
    if (is_sha256(name)) all.push_back(name);
  }
  return all;
}

fs::path BlobStore::path(std::string_view sha256) const {
  if (!is_sha256(sha256)) {
    throw Error(
        ErrorKind::invalid, "not_a_sha256",
        {fmt::format("\"{}\" is not a SHA-256: 64 lower-case hex digits.", sha256.substr(0, 80)),
         fmt::format("“{}”不是 SHA-256：应为 64 位小写十六进制。", sha256.substr(0, 80))});
  }
  return root_ / "sha256" / sha256.substr(0, 2) / sha256;
}

}  // namespace cloudbrain
