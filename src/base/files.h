// The one door to the file system: descriptors, whole files, trees, paths beneath a root.
//
// Everything here is blocking and safe from any thread (on different files). Failures throw Error
// by throw_errno; a full disk is ErrorKind::no_space.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cloudbrain {

namespace fs = std::filesystem;

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

// Opens with O_CLOEXEC. open_file throws; try_open_file gives an empty Fd where the file is
// missing.
Fd open_file(const fs::path& path, int flags, unsigned mode = 0644);
Fd try_open_file(const fs::path& path, int flags, unsigned mode = 0644);

// Opens `relative` so that the result lies beneath `root`, whatever links the tree holds
// (openat2 with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS). A path that leaves the root, is
// absolute or is missing gives an empty Fd. `relative` "" opens the root itself.
Fd open_beneath(const fs::path& root, std::string_view relative, int flags);

// Whole small files.
std::string read_file(const fs::path& path);
std::optional<std::string> try_read_file(const fs::path& path);
// Writes all of `bytes`, however many calls it takes.
void write_all(int fd, std::span<const char> bytes, std::string_view subject);

enum class Durable { no, yes };
// A reader sees the old file or the new one, never a part: temporary name, (sync,) rename.
// Durable::yes also survives power loss.
void write_file_atomic(const fs::path& path, std::string_view bytes, Durable durable,
                       unsigned mode = 0644);
void sync_directory(const fs::path& directory);

void make_directories(const fs::path& path);
// Removes a tree that hostile code may have filled: never follows a link, makes unreadable
// directories readable first, copes with any depth. Missing is fine.
void remove_tree(const fs::path& path);
// Copies files, directories, links and execute bits; sets the owner where `owner_uid` is given
// (root only).
void copy_tree(const fs::path& from, const fs::path& to, std::optional<unsigned> owner_uid = {});
// Bytes in regular files below `path`, to a depth of 128; links are not followed.
std::uint64_t tree_size(const fs::path& path);
std::uint64_t free_bytes(const fs::path& path);

// True for a relative path of plain components: no "", ".", "..", NUL, backslash or leading "/".
bool is_plain_relative_path(std::string_view path);

// A name no other file here has: <prefix><16 random hex>.
std::string random_name(std::string_view prefix);

// A directory that is removed at the end of scope. Used by tests and for staging.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const fs::path& parent = fs::temp_directory_path());
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace cloudbrain
