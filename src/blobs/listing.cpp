#include "blobs/listing.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/json.h"
#include "blobs/directory.h"

namespace cloudbrain {

namespace {

TimePoint modified_at(const struct stat& status) {
  return TimePoint(std::chrono::seconds(status.st_mtim.tv_sec) +
                   std::chrono::milliseconds(status.st_mtim.tv_nsec / 1'000'000));
}

// What the entry is, links followed inside the root; false for what cannot be fetched.
bool look_at(const fs::path& root, int directory, const char* name, const std::string& path,
             struct stat& status) {
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (S_ISLNK(status.st_mode)) {
    const Fd end = open_beneath(root, path, O_PATH);
    if (!end || ::fstat(end.get(), &status) != 0) return false;
  }
  return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

}  // namespace

std::optional<std::vector<ListedEntry>> list_directory(const fs::path& root,
                                                       std::string_view relative) {
  if (!relative.empty() && !is_plain_relative_path(relative)) return std::nullopt;
  Fd fd = open_beneath(root, relative, O_RDONLY | O_DIRECTORY);
  if (!fd) return std::nullopt;
  DirectoryReader directory(std::move(fd), relative);
  std::vector<ListedEntry> entries;
  while (const dirent* entry = directory.next()) {
    if (!is_utf8(entry->d_name)) continue;
    std::string path(relative);
    if (!path.empty()) path += '/';
    path += entry->d_name;
    struct stat status{};
    if (!look_at(root, directory.fd(), entry->d_name, path, status)) continue;
    const bool dir = S_ISDIR(status.st_mode);
    entries.push_back({std::move(path), dir ? 0 : status.st_size, modified_at(status), dir});
  }
  std::ranges::sort(entries, {}, &ListedEntry::path);
  return entries;
}

}  // namespace cloudbrain
