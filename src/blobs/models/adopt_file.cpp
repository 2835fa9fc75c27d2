#include "blobs/models/adopt_file.h"

#include <cerrno>
#include <csignal>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kPieceBytes = 4U << 20U;

struct stat status_of(const Fd& fd, std::string_view name) {
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) throw_errno("fstat", name);
  return status;
}

bool is_same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// The owner is set first: it clears the setuid bit, and nobody else can undo the mode afterwards.
void make_ours(const Fd& fd, std::string_view name) {
  if (::fchown(fd.get(), ::geteuid(), ::getegid()) != 0) throw_errno("fchown", name);
  if (::fchmod(fd.get(), 0444) != 0) throw_errno("fchmod", name);
}

void refuse_open_for_writing(const Fd& fd, std::string_view name) {
  // Breaking a lease sends a signal that would end us by default; SIGURG is ignored by default.
  (void)::fcntl(fd.get(), F_SETSIG, SIGURG);
  if (::fcntl(fd.get(), F_SETLEASE, F_RDLCK) == 0) {
    (void)::fcntl(fd.get(), F_SETLEASE, F_UNLCK);
    return;
  }
  if (errno != EAGAIN) return;  // this file system has no leases
  throw Error(ErrorKind::conflict, "file_still_open",
              {fmt::format("A process still has \"{}\" open for writing.", name),
               fmt::format("仍有进程以写方式打开“{}”。", name)},
              {"Try again once that process has ended.", "请在该进程结束后重试。"});
}

// Calls `take` with all bytes from the start. False where `go_on` said no.
bool read_through(const Fd& fd, std::string_view name, const std::function<bool()>& go_on,
                  const std::function<void(std::span<const char>)>& take) {
  std::vector<char> buffer(kPieceBytes);
  off_t offset = 0;
  (void)::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  while (true) {
    if (!go_on()) return false;
    const ssize_t count = ::pread(fd.get(), buffer.data(), buffer.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("read", name);
    if (count == 0) return true;
    take(std::span(buffer).first(static_cast<std::size_t>(count)));
    offset += count;
  }
}

// By its descriptor, so that what was hashed is what is linked, whatever its path leads to by now.
bool link_to(const Fd& fd, const fs::path& target) {
  const std::string open = fmt::format("/proc/self/fd/{}", fd.get());
  if (::linkat(AT_FDCWD, open.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) == 0 ||
      errno == EEXIST) {
    return true;
  }
  // Another file system, the kernel's protection of hard links, or too many of them.
  if (errno == EXDEV || errno == EPERM || errno == EMLINK) return false;
  throw_errno("link", target.native());
}

}  // namespace

std::optional<Blob> adopt_file(BlobStore& blobs, const Fd& fd, std::string_view name,
                               const std::function<bool()>& go_on) {
  make_ours(fd, name);
  refuse_open_for_writing(fd, name);
  const struct stat before = status_of(fd, name);
  Sha256 hash;
  if (!read_through(fd, name, go_on, [&](std::span<const char> bytes) { hash.update(bytes); })) {
    return std::nullopt;
  }
  const struct stat after = status_of(fd, name);
  if (before.st_size != after.st_size || !is_same(before.st_mtim, after.st_mtim)) {
    throw Error(ErrorKind::conflict, "file_changed",
                {fmt::format("\"{}\" was changed while it was read.", name),
                 fmt::format("“{}”在读取期间被修改。", name)});
  }
  Blob blob{hash.finish(), static_cast<std::uint64_t>(after.st_size)};
  if (blobs.size(blob.sha256) == blob.size) return blob;
  if (::fsync(fd.get()) != 0) throw_errno("fsync", name);
  const fs::path target = blobs.path(blob.sha256);
  make_directories(target.parent_path());
  if (link_to(fd, target)) {
    sync_directory(target.parent_path());
    sync_directory(target.parent_path().parent_path());
    return blob;
  }
  BlobStore::Upload copy = blobs.begin(blob.size);
  if (!read_through(fd, name, go_on, [&](std::span<const char> bytes) { copy.write(bytes); })) {
    return std::nullopt;
  }
  return copy.finish();
}

}  // namespace cloudbrain
