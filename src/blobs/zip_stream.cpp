#include "blobs/zip_stream.h"

#include <cerrno>
#include <optional>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "blobs/directory.h"
#include "blobs/entry_names.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kPieceBytes = 256U << 10U;

std::string joined(std::string_view parent, std::string_view name) {
  std::string path(parent);
  if (!path.empty() && !name.empty()) path += '/';
  path += name;
  return path;
}

// Sorted from the end, so that the next one is taken from the back.
std::vector<std::string> names_in(Fd fd, std::string_view path) {
  DirectoryReader directory(std::move(fd), path);
  std::vector<std::string> names;
  while (const dirent* entry = directory.next()) names.emplace_back(entry->d_name);
  std::ranges::sort(names, std::greater{});
  return names;
}

}  // namespace

class ZipStream::State {
 public:
  State(fs::path root, std::string_view relative, std::string prefix, std::string_view left_out)
      : root_(std::move(root)), prefix_(std::move(prefix)), zip_(archive_write_new()) {
    Fd top = open_beneath(root_, relative, O_RDONLY | O_DIRECTORY);
    if (!top) {
      throw Error(ErrorKind::missing, "folder_missing",
                  {fmt::format("There is no folder \"{}\".", relative),
                   fmt::format("文件夹“{}”不存在。", relative)});
    }
    top_ = relative;
    levels_.push_back({"", names_in(std::move(top), relative)});
    std::erase(levels_.back().names, left_out);
    const Utf8Locale::Use utf8(locale_);
    archive* zip = zip_.get();
    check(archive_write_set_format_zip(zip));
    check(archive_write_set_options(zip, "compression=store,hdrcharset=UTF-8,zip64"));
    archive_write_set_bytes_per_block(zip, 0);
    check(archive_write_open(zip, this, nullptr, on_write, nullptr));
    pending_.reserve(2 * kPieceBytes);
  }

  bool read(std::string& piece) {
    const Utf8Locale::Use utf8(locale_);
    while (pending_.size() < kPieceBytes && !closed_) step();
    piece.clear();
    piece.swap(pending_);
    return !piece.empty();
  }

 private:
  // A directory under way: its path below the top, and the names that are still to come.
  struct Level {
    std::string path;
    std::vector<std::string> names;
  };
  struct Free {
    void operator()(archive* zip) const { archive_write_free(zip); }
  };

  static ssize_t on_write(archive*, void* self, const void* bytes, std::size_t count) {
    static_cast<State*>(self)->pending_.append(static_cast<const char*>(bytes), count);
    return static_cast<ssize_t>(count);
  }

  void check(int result) {
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
    const char* text = archive_error_string(zip_.get());
    const std::string detail = text != nullptr ? text : "unknown";
    throw Error(ErrorKind::internal, "zip_failed",
                {"The zip could not be made: " + detail, "无法生成 zip：" + detail});
  }

  void step() {
    if (file_) return copy();
    if (levels_.empty()) {
      closed_ = true;
      return check(archive_write_close(zip_.get()));
    }
    Level& level = levels_.back();
    if (level.names.empty()) return levels_.pop_back();
    const std::string path = joined(level.path, level.names.back());
    level.names.pop_back();
    begin(path);
  }

  // Opens by path from the root each time: a stack of descriptors would let a hostile tree of
  // thousands of levels use them up.
  void begin(const std::string& path) {
    // O_NONBLOCK: opening a pipe must not wait for its writer.
    Fd fd = open_entry(joined(top_, path), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat status{};
    if (!fd || ::fstat(fd.get(), &status) != 0) return;
    if (S_ISDIR(status.st_mode)) {
      // A link to a directory might lead around in a circle.
      Fd directory = open_entry(joined(top_, path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (!directory) return;
      put_header(path, status);
      levels_.push_back({path, names_in(std::move(directory), path)});
    } else if (S_ISREG(status.st_mode)) {
      put_header(path, status);
      file_ = std::move(fd);
      left_ = static_cast<std::uint64_t>(status.st_size);
    }
  }

  // Empty too where we may not read it, or it just changed its nature.
  Fd open_entry(const std::string& path, int flags) {
    try {
      return open_beneath(root_, path, flags);
    } catch (const Error&) {
      return {};
    }
  }

  void put_header(const std::string& path, const struct stat& status) {
    struct FreeEntry {
      void operator()(archive_entry* entry) const { archive_entry_free(entry); }
    };
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_copy_pathname(entry.get(), decode_name(joined(prefix_, path)).c_str());
    const bool executable = S_ISDIR(status.st_mode) || (status.st_mode & 0100U) != 0;
    archive_entry_set_mode(entry.get(), (status.st_mode & S_IFMT) | (executable ? 0755U : 0644U));
    archive_entry_set_mtime(entry.get(), status.st_mtim.tv_sec, 0);
    // Without a size the entry ends with a data descriptor that tells what really came.
    if (S_ISDIR(status.st_mode)) archive_entry_set_size(entry.get(), 0);
    check(archive_write_header(zip_.get(), entry.get()));
  }

  void copy() {
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(left_, kPieceBytes));
    buffer_.resize(kPieceBytes);
    const ssize_t count = ::read(file_.get(), buffer_.data(), wanted);
    if (count < 0 && errno == EINTR) return;
    if (count < 0) throw_errno("read", "result file");
    if (count == 0) return end_file();
    left_ -= static_cast<std::uint64_t>(count);
    const ssize_t taken =
        archive_write_data(zip_.get(), buffer_.data(), static_cast<std::size_t>(count));
    if (taken != count) check(ARCHIVE_FATAL);
    if (left_ == 0) end_file();
  }

  void end_file() {
    file_.reset();
    check(archive_write_finish_entry(zip_.get()));
  }

  Utf8Locale locale_;
  fs::path root_;
  std::string top_;
  std::string prefix_;
  std::vector<Level> levels_;
  Fd file_;                 // the file under way …
  std::uint64_t left_ = 0;  // … and what is left of the size it had
  std::vector<char> buffer_;
  std::string pending_;
  bool closed_ = false;
  std::unique_ptr<archive, Free> zip_;  // last: freeing it may still write into pending_
};

ZipStream::ZipStream(const fs::path& root, std::string_view relative, std::string prefix,
                     std::string_view left_out)
    : state_(std::make_unique<State>(root, relative, std::move(prefix), left_out)) {}
ZipStream::~ZipStream() = default;
ZipStream::ZipStream(ZipStream&&) noexcept = default;
ZipStream& ZipStream::operator=(ZipStream&&) noexcept = default;

bool ZipStream::read(std::string& piece) {
  return state_->read(piece);
}

}  // namespace cloudbrain
