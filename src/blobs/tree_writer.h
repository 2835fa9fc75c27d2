// Writes the entries of an archive into a directory, whatever their names say.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/files.h"

namespace cloudbrain {

// Every path is walked one component at a time from a descriptor of the root, and no step follows a
// link (O_NOFOLLOW), so nothing is ever written outside. Directories are made as they are needed
// and their descriptors are kept, so a file in a known directory costs one open. Paths are plain
// (plain_entry_path). One owner, one thread.
class TreeWriter {
 public:
  explicit TreeWriter(const fs::path& root);

  void directory(std::string_view path);
  // A new file, open for writing. An older entry of that name is replaced.
  Fd file(std::string_view path, bool executable);
  // Throws "archive_escapes" where the target, read as text, leads above the root.
  void symbolic_link(std::string_view path, std::string_view target);
  // `existing` must be a file that came before.
  void hard_link(std::string_view path, std::string_view existing);
  // To be called at the end: throws "archive_escapes" where a link leads out by way of other links.
  void check_links() const;

  std::uint64_t files() const { return files_; }
  // Older entries that gave way to a later one of the same name.
  std::uint64_t replaced() const { return replaced_; }
  std::uint64_t directories() const { return directories_; }

 private:
  int parent_of(std::string_view path);
  int directory_at(std::string_view path);
  void make_way(int parent, std::string_view path);
  void check_links_below(const std::string& path) const;

  fs::path root_path_;
  Fd root_;
  bool set_modes_ = false;  // the process's umask takes away bits that everybody shall have
  std::unordered_map<std::string, Fd> open_directories_;
  bool has_symbolic_links_ = false;
  std::uint64_t files_ = 0;
  std::uint64_t replaced_ = 0;
  std::uint64_t directories_ = 0;
};

}  // namespace cloudbrain
