// libarchive behind a small face: entries and their bytes, or an Error in our words.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "blobs/entry_names.h"

struct archive;
struct archive_entry;
struct gzFile_s;

namespace cloudbrain {

struct ArchiveEntry {
  enum class Kind { file, directory, symbolic_link, hard_link };
  std::string path;  // UTF-8, plain components; "" is the root directory itself
  Kind kind = Kind::file;
  bool executable = false;
  std::optional<std::uint64_t> size;  // of files, where the archive tells beforehand
  std::string target;                 // of links: as it stands there, or a hard link's plain path
};

// Zip (by its central directory), tar, tar.gz, tar.zst, told apart by content. One thread, from
// construction to destruction (it changes the thread's locale). All functions throw Error.
class ArchiveReader {
 public:
  // `file` stays the caller's; its offset is not used.
  explicit ArchiveReader(int file);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  // False at the end.
  bool next(ArchiveEntry& entry);

  struct Block {
    std::span<const char> bytes;  // until the next call
    std::uint64_t offset = 0;     // in the file: sparse files have holes
  };
  // The current file's next bytes; false at its end.
  bool read(Block& block);

  // Whether its names are to be unique: a zip's are; a tar may bring a file again, to replace it.
  // Known after the first next().
  bool has_unique_names() const;

  std::uint64_t size() const { return size_; }  // of the archive
  // Bytes of it read so far; zip reads its directory at the end first, so at most about size().
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  static ssize_t on_read(archive*, void* self, const void** buffer);
  static std::int64_t on_seek(archive*, void* self, std::int64_t offset, int whence);
  static std::int64_t on_skip(archive*, void* self, std::int64_t bytes);

  void open_gzip();
  ssize_t read_gzip();
  [[noreturn]] void fail(const std::string& entry);
  void describe(archive_entry* from, ArchiveEntry& to);
  void check_count() const;

  struct Free {
    void operator()(archive* reader) const;
    void operator()(gzFile_s* gzip) const;
  };

  Utf8Locale locale_;
  Utf8Locale::Use use_locale_{locale_};
  int file_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;  // in the file; not used for gzip
  std::uint64_t bytes_read_ = 0;
  int read_error_ = 0;  // errno of a disk that failed under us
  std::vector<char> buffer_;
  std::string current_;
  std::uint64_t entries_ = 0;  // so far
  // libarchive's own gzip filter does not look at the checksum at the end; zlib's does.
  std::unique_ptr<gzFile_s, Free> gzip_;
  std::unique_ptr<archive, Free> archive_;
};

}  // namespace cloudbrain
