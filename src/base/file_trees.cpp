// Whole trees: copy, remove, measure. Split from files.cpp, which the runner also links.
#include <array>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

namespace cloudbrain {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Directory open_directory_at(int parent, const char* name) {
  const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return nullptr;
  Directory directory(::fdopendir(fd));
  if (!directory) ::close(fd);
  return directory;
}

bool is_dot(std::string_view name) {
  return name == "." || name == "..";
}

// Removes with descriptors, so a link swapped in by a hostile process leads nowhere. A script can
// nest directories deeper than we have descriptors or stack: what lies deeper than kDeepest is
// moved to the top of the tree and met again in the next pass.
class TreeRemover {
 public:
  explicit TreeRemover(const char* path) : path_(path) {}

  void run() {
    if (unlink_file(AT_FDCWD, path_)) return;
    do {
      moved_ = false;
      const Directory top = enter(AT_FDCWD, path_);
      top_ = ::dirfd(top.get());
      empty(top.get(), 1);
    } while (moved_);
    remove_directory(AT_FDCWD, path_);
  }

 private:
  static constexpr int kDeepest = 64;

  // True where nothing is left to do: it was no directory, or is gone.
  static bool unlink_file(int parent, const char* name) {
    if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR && errno != EPERM && errno != EACCES) throw_errno("unlink", name);
    return false;
  }

  static void remove_directory(int parent, const char* name) {
    if (::unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT) throw_errno("rmdir", name);
  }

  static Directory enter(int parent, const char* name) {
    Directory directory = open_directory_at(parent, name);
    if (!directory && errno == EACCES) {
      // A directory without r or x for us; made so by its owner, who may be us.
      if (::fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW) == 0) {
        directory = open_directory_at(parent, name);
      }
    }
    if (!directory) throw_errno("open", name);
    (void)::fchmod(::dirfd(directory.get()), 0700);
    return directory;
  }

  void empty(DIR* directory, int depth) {
    const int fd = ::dirfd(directory);
    while (const dirent* entry = ::readdir(directory)) {
      const char* name = entry->d_name;
      if (is_dot(name) || unlink_file(fd, name)) continue;
      const Directory child = enter(fd, name);
      if (depth < kDeepest) {
        empty(child.get(), depth + 1);
        remove_directory(fd, name);
      } else {
        const std::string higher = random_name(".deep-");
        if (::renameat(fd, name, top_, higher.c_str()) != 0) throw_errno("rename", name);
        moved_ = true;
      }
    }
  }

  const char* path_;
  int top_ = -1;
  bool moved_ = false;
};

void copy_bytes(int from, int to, const char* name) {
  while (true) {
    const ssize_t count = ::copy_file_range(from, nullptr, to, nullptr, 1U << 30U, 0);
    if (count == 0) return;
    if (count > 0) continue;
    if (errno == EINTR) continue;
    if (errno != EXDEV && errno != EINVAL && errno != EOPNOTSUPP && errno != ENOSYS) {
      throw_errno("copy_file_range", name);
    }
    break;
  }
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (true) {
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("read", name);
    if (count == 0) return;
    write_all(to, std::span(buffer).first(static_cast<std::size_t>(count)), name);
  }
}

void copy_link(int from, int to, const char* name) {
  std::array<char, 4096> target{};
  const ssize_t length = ::readlinkat(from, name, target.data(), target.size() - 1);
  if (length < 0) throw_errno("readlink", name);
  if (::symlinkat(target.data(), to, name) != 0) throw_errno("symlink", name);
}

void copy_directory(int from, int to, std::optional<unsigned> owner);

void copy_entry(int from, int to, const char* name, std::optional<unsigned> owner) {
  struct stat status{};
  if (::fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) != 0) throw_errno("stat", name);
  if (S_ISLNK(status.st_mode)) {
    copy_link(from, to, name);
  } else if (S_ISDIR(status.st_mode)) {
    if (::mkdirat(to, name, 0755) != 0) throw_errno("mkdir", name);
    const Fd source(::openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const Fd target(::openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!source || !target) throw_errno("open", name);
    copy_directory(source.get(), target.get(), owner);
  } else if (S_ISREG(status.st_mode)) {
    const Fd source(::openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    const Fd target(::openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                             (status.st_mode & S_IXUSR) != 0 ? 0755 : 0644));
    if (!source || !target) throw_errno("open", name);
    copy_bytes(source.get(), target.get(), name);
  }
  // Devices, sockets and pipes are no part of what we copy.
  if (owner && ::fchownat(to, name, *owner, *owner, AT_SYMLINK_NOFOLLOW) != 0 && errno != ENOENT) {
    throw_errno("chown", name);
  }
}

void copy_directory(int from, int to, std::optional<unsigned> owner) {
  const Directory directory = open_directory_at(from, ".");
  if (!directory) throw_errno("open", "source directory");
  while (const dirent* entry = ::readdir(directory.get())) {
    if (!is_dot(entry->d_name)) copy_entry(from, to, entry->d_name, owner);
  }
}

constexpr int kDeepestMeasured = 128;  // each level holds a descriptor

std::uint64_t size_at(int parent, const char* name, int depth) {
  if (depth > kDeepestMeasured) return 0;
  const Directory directory = open_directory_at(parent, name);
  if (!directory) return 0;
  std::uint64_t bytes = 0;
  const int fd = ::dirfd(directory.get());
  while (const dirent* entry = ::readdir(directory.get())) {
    if (is_dot(entry->d_name)) continue;
    struct stat status{};
    if (::fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      bytes += size_at(fd, entry->d_name, depth + 1);
    } else if (S_ISREG(status.st_mode)) {
      bytes += static_cast<std::uint64_t>(status.st_size);
    }
  }
  return bytes;
}

}  // namespace

void remove_tree(const fs::path& path) {
  TreeRemover(path.c_str()).run();
}

void copy_tree(const fs::path& from, const fs::path& to, std::optional<unsigned> owner_uid) {
  const Fd source = open_file(from, O_RDONLY | O_DIRECTORY);
  make_directories(to);
  const Fd target = open_file(to, O_RDONLY | O_DIRECTORY);
  copy_directory(source.get(), target.get(), owner_uid);
  if (owner_uid && ::fchown(target.get(), *owner_uid, *owner_uid) != 0) {
    throw_errno("chown", to.native());
  }
}

std::uint64_t tree_size(const fs::path& path) {
  return size_at(AT_FDCWD, path.c_str(), 1);
}

}  // namespace cloudbrain
