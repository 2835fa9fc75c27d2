#include "blobs/archive_reader.h"

#include <array>
#include <cerrno>
#include <string_view>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "base/files.h"
#include "blobs/archive_errors.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kBufferBytes = 512U << 10U;

bool starts_with(int file, std::string_view bytes) {
  std::array<char, 8> start{};
  const ssize_t count = ::pread(file, start.data(), bytes.size(), 0);
  return count == static_cast<ssize_t>(bytes.size()) &&
         std::string_view(start.data(), bytes.size()) == bytes;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

void ArchiveReader::Free::operator()(archive* reader) const {
  archive_read_free(reader);
}

void ArchiveReader::Free::operator()(gzFile_s* gzip) const {
  gzclose_r(gzip);
}

ArchiveReader::ArchiveReader(int file)
    : file_(file), buffer_(kBufferBytes), archive_(archive_read_new()) {
  struct stat status{};
  if (::fstat(file, &status) != 0) throw_errno("fstat", "archive");
  size_ = static_cast<std::uint64_t>(status.st_size);
  archive* reader = archive_.get();
  archive_read_support_filter_zstd(reader);
  archive_read_support_format_tar(reader);
  // Only by the central directory, as every unzip does: a zip that says different things at its
  // start and its end has one meaning here.
  archive_read_support_format_zip_seekable(reader);
  archive_read_set_callback_data(reader, this);
  archive_read_set_read_callback(reader, on_read);
  if (starts_with(file, "\x1f\x8b")) {
    open_gzip();
  } else {
    archive_read_set_seek_callback(reader, on_seek);
    archive_read_set_skip_callback(reader, on_skip);
  }
  if (archive_read_open1(reader) != ARCHIVE_OK) fail("");
}

ArchiveReader::~ArchiveReader() = default;

void ArchiveReader::open_gzip() {
  // Opened anew, as a duplicate would share the offset of the caller's descriptor.
  Fd own = open_file("/proc/self/fd/" + std::to_string(file_), O_RDONLY);
  gzip_.reset(gzdopen(own.get(), "rb"));
  if (!gzip_) throw_errno("gzdopen", "archive");
  own.release();
  gzbuffer(gzip_.get(), kBufferBytes / 2);
}

ssize_t ArchiveReader::read_gzip() {
  const int count = gzread(gzip_.get(), buffer_.data(), static_cast<unsigned>(buffer_.size()));
  int problem = Z_OK;
  const char* text = gzerror(gzip_.get(), &problem);
  bytes_read_ = static_cast<std::uint64_t>(gzoffset(gzip_.get()));
  // A file that is cut off gives its last bytes first, and then no more with Z_BUF_ERROR.
  if (count > 0 || (count == 0 && problem == Z_OK)) return count;
  if (problem == Z_ERRNO) read_error_ = errno;
  archive_set_error(archive_.get(), EIO, "gzip: %s", text);
  return ARCHIVE_FATAL;
}

ssize_t ArchiveReader::on_read(archive* reader, void* data, const void** buffer) {
  auto& self = *static_cast<ArchiveReader*>(data);
  *buffer = self.buffer_.data();
  if (self.gzip_) return self.read_gzip();
  while (true) {
    const ssize_t count = ::pread(self.file_, self.buffer_.data(), self.buffer_.size(),
                                  static_cast<off_t>(self.position_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      self.read_error_ = errno;
      archive_set_error(reader, errno, "read failed");
      return ARCHIVE_FATAL;
    }
    self.position_ += static_cast<std::uint64_t>(count);
    self.bytes_read_ += static_cast<std::uint64_t>(count);
    return count;
  }
}

std::int64_t ArchiveReader::on_seek(archive*, void* data, std::int64_t offset, int whence) {
  auto& self = *static_cast<ArchiveReader*>(data);
  std::int64_t base = 0;
  if (whence == SEEK_CUR) base = static_cast<std::int64_t>(self.position_);
  if (whence == SEEK_END) base = static_cast<std::int64_t>(self.size_);
  std::int64_t position = 0;
  // A hostile zip may name any offset.
  if (__builtin_add_overflow(base, offset, &position) || position < 0) return ARCHIVE_FATAL;
  self.position_ = static_cast<std::uint64_t>(position);
  return position;
}

std::int64_t ArchiveReader::on_skip(archive*, void* data, std::int64_t bytes) {
  auto& self = *static_cast<ArchiveReader*>(data);
  const std::uint64_t left = self.size_ - std::min(self.size_, self.position_);
  const std::uint64_t skipped = std::min(left, static_cast<std::uint64_t>(bytes));
  self.position_ += skipped;
  self.bytes_read_ += skipped;
  return static_cast<std::int64_t>(skipped);
}

void ArchiveReader::fail(const std::string& entry) {
  if (read_error_ != 0) throw_errno("read", "archive", read_error_);
  const char* text = archive_error_string(archive_.get());
  const std::string_view detail = text != nullptr ? text : "unknown";
  if (contains(detail, "assphrase") || contains(detail, "ncrypted")) {
    archive_errors::encrypted(entry);
  }
  if (contains(detail, "Unrecognized archive format")) {
    if (starts_with(file_, "PK\x05\x06")) archive_errors::corrupt(entry, "a zip without entries");
    // A zip that was cut off has lost its directory, which is at its end.
    if (starts_with(file_, "PK")) {
      archive_errors::corrupt(entry, "the zip's directory is missing; is it cut off?");
    }
    archive_errors::unsupported(entry, "not a zip, tar, tar.gz or tar.zst file");
  }
  if (contains(detail, "nsupported")) archive_errors::unsupported(entry, detail);
  archive_errors::corrupt(entry, detail);
}

bool ArchiveReader::next(ArchiveEntry& entry) {
  archive_entry* raw = nullptr;
  const int result = archive_read_next_header(archive_.get(), &raw);
  if (result == ARCHIVE_EOF) {
    if (has_unique_names()) check_count();
    return false;
  }
  ++entries_;
  // A warning is about something we don't keep, such as an attribute; a name is looked at below.
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) fail(current_);
  describe(raw, entry);
  current_ = entry.path;
  return true;
}

bool ArchiveReader::has_unique_names() const {
  return (archive_format(archive_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
}

// libarchive gives one of several entries that begin at the same place, and says nothing. Only the
// number at the end of the directory tells; it has 16 bits (APPNOTE.TXT 4.3.16), and 0xffff where
// the true one is elsewhere.
void ArchiveReader::check_count() const {
  constexpr std::size_t kSearched = 16U << 10U;  // as libarchive
  constexpr std::size_t kCountAt = 10;
  std::string end(std::min<std::uint64_t>(size_, kSearched), '\0');
  const ssize_t read =
      ::pread(file_, end.data(), end.size(), static_cast<off_t>(size_ - end.size()));
  const std::size_t at = end.rfind("PK\x05\x06");
  if (read != static_cast<ssize_t>(end.size()) || at == std::string::npos ||
      at + kCountAt + 2 > end.size()) {
    return;
  }
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(end[index]); };
  const unsigned told = byte(at + kCountAt) | (byte(at + kCountAt + 1) << 8U);
  if (told == 0xFFFF || told == (entries_ & 0xFFFFU)) return;
  archive_errors::corrupt("", "its directory has more entries than there are files: they overlap");
}

void ArchiveReader::describe(archive_entry* from, ArchiveEntry& to) {
  const char* raw_name = archive_entry_pathname(from);
  if (raw_name == nullptr) {
    archive_errors::corrupt(current_, "the next name is marked as UTF-8 and is not");
  }
  const std::string name = decode_name(raw_name);
  if (archive_entry_is_encrypted(from) != 0) archive_errors::encrypted(name);
  to.path = plain_entry_path(name);
  to.executable = (archive_entry_perm(from) & 0100U) != 0;
  to.size.reset();
  to.target.clear();
  if (const char* target = archive_entry_hardlink(from)) {
    to.kind = ArchiveEntry::Kind::hard_link;
    to.target = plain_entry_path(decode_name(target));
    return;
  }
  switch (archive_entry_filetype(from)) {
    case AE_IFREG:
      to.kind = ArchiveEntry::Kind::file;
      if (archive_entry_size_is_set(from) != 0) {
        to.size = static_cast<std::uint64_t>(archive_entry_size(from));
      }
      return;
    case AE_IFDIR:
      to.kind = ArchiveEntry::Kind::directory;
      return;
    case AE_IFLNK: {
      to.kind = ArchiveEntry::Kind::symbolic_link;
      const char* target = archive_entry_symlink(from);
      if (target == nullptr) archive_errors::corrupt(name, "a link without a target");
      to.target = decode_name(target);
      return;
    }
    default:
      archive_errors::special_file(name);
  }
}

bool ArchiveReader::read(Block& block) {
  const void* bytes = nullptr;
  std::size_t count = 0;
  std::int64_t offset = 0;
  const int result = archive_read_data_block(archive_.get(), &bytes, &count, &offset);
  if (result == ARCHIVE_EOF) return false;
  // Here a warning is a wrong checksum or a wrong length.
  if (result != ARCHIVE_OK) fail(current_);
  block = {{static_cast<const char*>(bytes), count}, static_cast<std::uint64_t>(offset)};
  return true;
}

}  // namespace cloudbrain
