// Any bytes as an archive. Whatever comes of them: an Error with a code that unpack.h names, or a
// tree within the limits, of plain files and directories that everybody may read, and of links that
// stay inside; and beside the tree nothing was written.
//
// Sources: src/blobs/archive_errors.cpp src/blobs/archive_reader.cpp src/blobs/entry_names.cpp
// Sources: src/blobs/tree_writer.cpp src/blobs/unpack.cpp src/base/error.cpp src/base/json.cpp
// Sources: src/base/clock.cpp src/base/files.cpp src/base/file_trees.cpp src/base/hash.cpp
// Libraries: -larchive -lz -lcrypto -lfmt -lboost_json -lboost_container
#include <cstdlib>
#include <set>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "blobs/unpack.h"

namespace {

using namespace cloudbrain;

constexpr UnpackLimits kLimits{.entries = 500,
                               .total_bytes = 4U << 20U,
                               .ratio = 200,
                               .ratio_from_bytes = 1U << 20U,
                               .depth = 8,
                               .path_bytes = 512,
                               .reserve_bytes = 0};

void check(bool holds) {
  if (!holds) std::abort();
}

Fd file_of(std::span<const unsigned char> bytes) {
  Fd file(::memfd_create("archive", MFD_CLOEXEC));
  check(static_cast<bool>(file));
  check(::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return file;
}

void check_link(const fs::path& root, const fs::path& link) {
  check(!fs::read_symlink(link).is_absolute());
  // Where it leads somewhere at all, that is inside.
  std::error_code missing;
  const fs::path end = fs::canonical(link, missing);
  if (missing) return;
  const std::string inside = fs::canonical(root).native();
  check(end.native() == inside || end.native().starts_with(inside + "/"));
}

void check_tree(const fs::path& root, const UnpackStatistics& statistics) {
  std::uint64_t files = 0;
  std::uint64_t directories = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    struct stat status{};
    check(::lstat(entry.path().c_str(), &status) == 0);
    if (S_ISDIR(status.st_mode)) {
      ++directories;
      check((status.st_mode & 07777U) == 0755);
      continue;
    }
    ++files;
    check(S_ISREG(status.st_mode) || S_ISLNK(status.st_mode));
    if (S_ISLNK(status.st_mode)) check_link(root, entry.path());
    const unsigned mode = status.st_mode & 07777U;
    if (S_ISREG(status.st_mode)) check(mode == 0644 || mode == 0755);
  }
  check(files == statistics.files);
  check(directories >= statistics.directories);
  check(statistics.bytes <= kLimits.total_bytes);
}

const std::set<std::string, std::less<>> kCodes{
    "archive_unsupported", "archive_corrupt", "archive_encrypted", "archive_escapes",
    "archive_special",     "archive_limit",   "archive_bomb",      "disk_full"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const TemporaryDirectory room(fs::exists("/dev/shm") ? "/dev/shm"
                                                              : fs::temp_directory_path());
  ::umask(022);
  const fs::path target = room.path() / "tree";
  remove_tree(target);
  make_directories(target);
  const Fd archive = file_of({data, size});
  try {
    check_tree(target, unpack_archive(archive.get(), target, kLimits));
  } catch (const Error& error) {
    if (!kCodes.contains(error.code())) {
      fmt::print(stderr, "an Error that nobody expects: {}\n", error.what());
      std::abort();
    }
    check(!error.message().en.empty() && !error.message().zh.empty());
  }
  const fs::directory_iterator beside(room.path());
  check(std::distance(begin(beside), end(beside)) == 1);
  return 0;
}
