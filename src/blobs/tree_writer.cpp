#include "blobs/tree_writer.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "blobs/archive_errors.h"
#include "blobs/directory.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kOpenDirectories = 256;

std::string leaf_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

int open_in(int root, const std::string& path, std::uint64_t flags, std::uint64_t resolve) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
}

// True where a file made with mode 0755 comes out with less.
bool umask_takes_bits(int root) {
  const std::string name = random_name(".mode-");
  const Fd probe(::openat(root, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755));
  if (!probe) throw_errno("open", name);
  struct stat status{};
  const bool known = ::fstat(probe.get(), &status) == 0;
  ::unlinkat(root, name.c_str(), 0);
  return !known || (status.st_mode & 0777U) != 0755;
}

}  // namespace

TreeWriter::TreeWriter(const fs::path& root)
    : root_path_(root),
      root_(open_file(root, O_PATH | O_DIRECTORY)),
      set_modes_(umask_takes_bits(root_.get())) {}

int TreeWriter::parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? root_.get() : directory_at(path.substr(0, slash));
}

int TreeWriter::directory_at(std::string_view path) {
  std::string key(path);
  if (const auto found = open_directories_.find(key); found != open_directories_.end()) {
    return found->second.get();
  }
  const int parent = parent_of(path);
  const std::string leaf = leaf_of(path);
  if (::mkdirat(parent, leaf.c_str(), 0755) == 0) {
    ++directories_;
    if (set_modes_ && ::fchmodat(parent, leaf.c_str(), 0755, 0) != 0) throw_errno("chmod", path);
  } else if (errno != EEXIST) {
    throw_errno("mkdir", path);
  }
  Fd fd(::openat(parent, leaf.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOTDIR || errno == ELOOP) archive_errors::contradiction(path);
    throw_errno("open", path);
  }
  // `parent` is not needed any more, so it may go as well.
  if (open_directories_.size() >= kOpenDirectories) open_directories_.clear();
  return open_directories_.emplace(std::move(key), std::move(fd)).first->second.get();
}

void TreeWriter::directory(std::string_view path) {
  if (!path.empty()) directory_at(path);
}

// Removes an older entry of the same name.
void TreeWriter::make_way(int parent, std::string_view path) {
  const std::string leaf = leaf_of(path);
  if (::unlinkat(parent, leaf.c_str(), 0) == 0) {
    --files_;
    ++replaced_;
    return;
  }
  if (errno == EISDIR || errno == EPERM) archive_errors::contradiction(path);
  if (errno != ENOENT) throw_errno("unlink", path);
}

Fd TreeWriter::file(std::string_view path, bool executable) {
  const int parent = parent_of(path);
  const std::string leaf = leaf_of(path);
  const unsigned mode = executable ? 0755 : 0644;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  Fd fd(::openat(parent, leaf.c_str(), kFlags, mode));
  if (!fd && errno == EEXIST) {
    make_way(parent, path);
    fd = Fd(::openat(parent, leaf.c_str(), kFlags, mode));
  }
  if (!fd) throw_errno("open", path);
  if (set_modes_ && ::fchmod(fd.get(), mode) != 0) throw_errno("fchmod", path);
  ++files_;
  return fd;
}

void TreeWriter::symbolic_link(std::string_view path, std::string_view target) {
  if (target.empty() || target.starts_with('/')) archive_errors::link_escapes(path, target);
  auto depth = std::ranges::count(path, '/');
  for (std::string_view rest = target; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) archive_errors::link_escapes(path, target);
  }
  const int parent = parent_of(path);
  make_way(parent, path);
  const std::string to(target);
  if (::symlinkat(to.c_str(), parent, leaf_of(path).c_str()) != 0) throw_errno("symlink", path);
  has_symbolic_links_ = true;
  ++files_;
}

void TreeWriter::hard_link(std::string_view path, std::string_view existing) {
  if (path == existing) return;
  const Fd from(open_in(root_.get(), std::string(existing), O_PATH | O_NOFOLLOW,
                        RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS));
  struct stat status{};
  if (!from || ::fstat(from.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    archive_errors::corrupt(path, "a hard link to what is no file of the archive before it");
  }
  const int parent = parent_of(path);
  make_way(parent, path);
  // By the descriptor that was just looked at, and not by name once more.
  const std::string open_file = "/proc/self/fd/" + std::to_string(from.get());
  if (::linkat(AT_FDCWD, open_file.c_str(), parent, leaf_of(path).c_str(), AT_SYMLINK_FOLLOW) !=
      0) {
    throw_errno("link", path);
  }
  ++files_;
}

void TreeWriter::check_links() const {
  if (has_symbolic_links_) check_links_below("");
}

// By reading the tree again, as a list of a hostile archive's links might not fit into memory.
void TreeWriter::check_links_below(const std::string& path) const {
  Fd fd(open_in(root_.get(), path.empty() ? "." : path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                RESOLVE_BENEATH));
  if (!fd) throw_errno("open", path);
  DirectoryReader directory(std::move(fd), path);
  while (const dirent* entry = directory.next()) {
    const std::string below = path.empty() ? entry->d_name : path + "/" + entry->d_name;
    if (entry->d_type == DT_DIR) check_links_below(below);
    if (entry->d_type != DT_LNK) continue;
    const Fd end(open_in(root_.get(), below, O_PATH, RESOLVE_BENEATH));
    // A link that leads nowhere inside (ENOENT, ELOOP) harms nobody and may be meant.
    if (!end && errno == EXDEV) {
      std::error_code ignored;
      const fs::path target = fs::read_symlink(root_path_ / below, ignored);
      archive_errors::link_escapes(below, target.native());
    }
  }
}

}  // namespace cloudbrain
