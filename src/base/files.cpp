#include "base/files.h"

#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

void Fd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Fd open_file(const fs::path& path, int flags, unsigned mode) {
  Fd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) throw_errno("open", path.native());
  return fd;
}

Fd try_open_file(const fs::path& path, int flags, unsigned mode) {
  Fd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd && errno != ENOENT && errno != ENOTDIR) throw_errno("open", path.native());
  return fd;
}

Fd open_beneath(const fs::path& root, std::string_view relative, int flags) {
  // A NUL would end the path early and open something else.
  if (relative.find('\0') != std::string_view::npos) return {};
  const Fd base = try_open_file(root, O_PATH | O_DIRECTORY);
  if (!base) return {};
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const std::string path(relative.empty() ? "." : relative);
  long fd = -1;
  do {  // EAGAIN: somebody renamed a part of the path meanwhile (openat2(2)); it is no failure
    fd = ::syscall(SYS_openat2, base.get(), path.c_str(), &how, sizeof how);
  } while (fd < 0 && (errno == EAGAIN || errno == EINTR));
  if (fd >= 0) return Fd(static_cast<int>(fd));
  switch (errno) {
    case ENOENT:
    case ENOTDIR:
    case EXDEV:  // the path left the root
    case ELOOP:
    case EINVAL:
    case ENAMETOOLONG:
    case EISDIR:
    case ENXIO:  // a socket or a pipe without a reader
      return {};
    default:
      throw_errno("openat2", path);
  }
}

namespace {

std::string read_all(int fd, const fs::path& path) {
  std::string bytes;
  struct stat status{};
  if (::fstat(fd, &status) == 0 && status.st_size > 0) {
    bytes.reserve(static_cast<std::size_t>(status.st_size));
  }
  std::array<char, 16384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (true) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("read", path.native());
    if (count == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string read_file(const fs::path& path) {
  const Fd fd = open_file(path, O_RDONLY);
  return read_all(fd.get(), path);
}

std::optional<std::string> try_read_file(const fs::path& path) {
  const Fd fd = try_open_file(path, O_RDONLY);
  if (!fd) return std::nullopt;
  return read_all(fd.get(), path);
}

void write_all(int fd, std::span<const char> bytes, std::string_view subject) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("write", subject);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void write_file_atomic(const fs::path& path, std::string_view bytes, Durable durable,
                       unsigned mode) {
  const fs::path temporary = path.parent_path() / random_name(".new-");
  try {
    {
      const Fd fd = open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
      write_all(fd.get(), bytes, temporary.native());
      if (durable == Durable::yes && ::fdatasync(fd.get()) != 0) {
        throw_errno("fdatasync", temporary.native());
      }
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw_errno("rename", path.native());
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (durable == Durable::yes) sync_directory(path.parent_path());
}

void sync_directory(const fs::path& directory) {
  const Fd fd = open_file(directory, O_RDONLY | O_DIRECTORY);
  if (::fsync(fd.get()) != 0) throw_errno("fsync", directory.native());
}

void make_directories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw_errno("mkdir", path.native(), error.value());
}

bool is_plain_relative_path(std::string_view path) {
  if (path.empty() || path.size() > 4096) return false;
  if (path.find('\0') != std::string_view::npos || path.find('\\') != std::string_view::npos) {
    return false;
  }
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > 255) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::string random_name(std::string_view prefix) {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) {
    throw_errno("getrandom", prefix);
  }
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(number));
  return std::string(prefix) + digits.data();
}

std::uint64_t free_bytes(const fs::path& path) {
  struct statvfs status{};
  if (::statvfs(path.c_str(), &status) != 0) throw_errno("statvfs", path.native());
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

TemporaryDirectory::TemporaryDirectory(const fs::path& parent)
    : path_(parent / random_name("cloudbrain-")) {
  make_directories(path_);
}

TemporaryDirectory::~TemporaryDirectory() {
  try {
    remove_tree(path_);
  } catch (const std::exception&) {  // nothing a destructor could do about it
  }
}

}  // namespace cloudbrain
