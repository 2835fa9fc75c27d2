#include "blobs/blob_store.h"

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

namespace {

// More at once than there are cores would only take turns.
unsigned hasher_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
}

}  // namespace

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

BlobStore::Upload::Upload(Upload&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)), file_(std::move(other.file_)) {}

BlobStore::Upload& BlobStore::Upload::operator=(Upload&& other) noexcept {
  if (this == &other) return *this;
  abandon();
  store_ = std::exchange(other.store_, nullptr);
  file_ = std::move(other.file_);
  return *this;
}

BlobStore::Upload::~Upload() {
  abandon();
}

void BlobStore::Upload::abandon() noexcept {
  if (store_ != nullptr) ::unlink(file_.path().c_str());
  store_ = nullptr;
}

Blob BlobStore::Upload::finish() {
  const Blob blob = store_->keep(file_);
  abandon();
  return blob;
}

BlobStore::BlobStore(fs::path root) : root_(std::move(root)), hashers_("hash", hasher_threads()) {
  remove_tree(root_ / "incoming");
  make_directories(root_ / "incoming");
  make_directories(root_ / "sha256");
}

void BlobStore::need_room(std::uint64_t bytes) const {
  const std::uint64_t free = free_bytes(root_);
  if (free >= GrowingFile::kReserveBytes && bytes <= free - GrowingFile::kReserveBytes) return;
  const std::uint64_t usable = free - std::min(free, GrowingFile::kReserveBytes);
  throw Error(
      ErrorKind::no_space, "disk_full",
      {fmt::format("{} bytes are to be stored, but the disk has room for {} only.", bytes, usable),
       fmt::format("需要存储 {} 字节，但磁盘只剩 {} 字节可用。", bytes, usable)},
      {"Free some space in the data directory and try again.", "请清理数据目录所在磁盘后重试。"});
}

BlobStore::Upload BlobStore::begin(std::optional<std::uint64_t> expected_size) {
  need_room(expected_size.value_or(0));
  fs::path path = root_ / "incoming" / random_name("upload-");
  return {*this, GrowingFile::create(hashers_, std::move(path))};
}

// The directory that the blob is to lie in.
fs::path BlobStore::make_place(std::string_view sha256) const {
  fs::path target = path(sha256);
  const fs::path directory = target.parent_path();
  if (::mkdir(directory.c_str(), 0755) == 0) {
    sync_directory(directory.parent_path());
  } else if (errno != EEXIST) {
    throw_errno("mkdir", directory.native());
  }
  return target;
}

Blob BlobStore::keep(GrowingFile& file) {
  Blob blob{file.sha256(), file.size()};
  if (::fchmod(file.fd().get(), 0444) != 0) throw_errno("fchmod", file.path().native());
  if (size(blob.sha256) == blob.size) return blob;
  file.sync();
  const fs::path target = make_place(blob.sha256);
  // Two uploads of the same content may come here at once: the first one's bytes stay.
  if (::link(file.path().c_str(), target.c_str()) != 0 && errno != EEXIST) {
    throw_errno("link", target.native());
  }
  sync_directory(target.parent_path());
  return blob;
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
