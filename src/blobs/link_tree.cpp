#include "blobs/link_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "blobs/directory.h"

namespace cloudbrain {

namespace {

Fd open_directory(int parent, const char* name) {
  Fd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) throw_errno("open", name);
  return fd;
}

void link_entries(Fd from, int to, std::string_view name) {
  DirectoryReader directory(std::move(from), name);
  while (const dirent* entry = directory.next()) {
    if (entry->d_type != DT_DIR) {
      // Without AT_SYMLINK_FOLLOW a symbolic link is linked itself.
      if (::linkat(directory.fd(), entry->d_name, to, entry->d_name, 0) != 0) {
        throw_errno("link", entry->d_name);
      }
      continue;
    }
    if (::mkdirat(to, entry->d_name, 0755) != 0) throw_errno("mkdir", entry->d_name);
    const Fd below = open_directory(to, entry->d_name);
    if (::fchmod(below.get(), 0755) != 0) throw_errno("fchmod", entry->d_name);
    link_entries(open_directory(directory.fd(), entry->d_name), below.get(), entry->d_name);
  }
}

}  // namespace

void link_tree(const fs::path& from, const fs::path& to) {
  const Fd target = open_directory(AT_FDCWD, to.c_str());
  link_entries(open_directory(AT_FDCWD, from.c_str()), target.get(), from.native());
}

}  // namespace cloudbrain
