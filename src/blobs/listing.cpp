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

// The directory `relative` beneath `root`; empty where there is none.
Fd open_directory(const fs::path& root, std::string_view relative) {
  if (!relative.empty() && !is_plain_relative_path(relative)) return {};
  return open_beneath(root, relative, O_RDONLY | O_DIRECTORY);
}

// Nullopt for what cannot be fetched.
std::optional<ListedEntry> listed(const fs::path& root, int directory, std::string_view relative,
                                  const char* name) {
  std::string path(relative);
  if (!path.empty()) path += '/';
  path += name;
  struct stat status{};
  if (!look_at(root, directory, name, path, status)) return std::nullopt;
  const bool dir = S_ISDIR(status.st_mode);
  return ListedEntry{std::move(path), dir ? 0 : status.st_size, modified_at(status), dir};
}

bool can_be_named(std::string_view name) {
  return is_utf8(name) && is_plain_relative_path(name);
}

}  // namespace

std::optional<std::vector<ListedEntry>> list_directory(const fs::path& root,
                                                       std::string_view relative) {
  Fd fd = open_directory(root, relative);
  if (!fd) return std::nullopt;
  DirectoryReader directory(std::move(fd), relative);
  std::vector<ListedEntry> entries;
  while (const dirent* entry = directory.next()) {
    if (!can_be_named(entry->d_name)) continue;
    if (auto one = listed(root, directory.fd(), relative, entry->d_name)) {
      entries.push_back(*std::move(one));
    }
  }
  std::ranges::sort(entries, {}, &ListedEntry::path);
  return entries;
}

std::optional<ListedPage> list_directory_page(const fs::path& root, std::string_view relative,
                                              std::string_view after, std::size_t limit) {
  Fd fd = open_directory(root, relative);
  if (!fd) return std::nullopt;
  DirectoryReader directory(std::move(fd), relative);
  std::vector<std::string> names;
  while (const dirent* entry = directory.next()) {
    if (entry->d_name > after && can_be_named(entry->d_name)) names.emplace_back(entry->d_name);
  }
  const std::size_t count = std::min(limit, names.size());
  std::ranges::partial_sort(names, names.begin() + static_cast<std::ptrdiff_t>(count));
  ListedPage page;
  if (count < names.size() && count > 0) page.next = names[count - 1];
  names.resize(count);
  for (const std::string& name : names) {
    if (auto one = listed(root, directory.fd(), relative, name.c_str())) {
      page.entries.push_back(*std::move(one));
    }
  }
  return page;
}

}  // namespace cloudbrain
