#include "blobs/unpack.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "blobs/archive_errors.h"
#include "blobs/archive_reader.h"
#include "blobs/tree_writer.h"

namespace cloudbrain {

namespace {

constexpr std::uint64_t kProgressStep = 4ULL << 20U;
constexpr std::uint64_t kDiskCheckStep = 256ULL << 20U;

// What the archive has cost so far, held against the limits.
class Budget {
 public:
  Budget(const UnpackLimits& limits, std::uint64_t archive_bytes, const fs::path& destination)
      : limits_(limits), archive_bytes_(archive_bytes), destination_(destination) {
    look_at_disk();
  }

  void entry(const ArchiveEntry& entry) {
    if (++entries_ > limits_.entries) {
      archive_errors::over_limit(entry.path, "entries", "条目数", limits_.entries);
    }
    if (entry.path.size() > limits_.path_bytes) {
      archive_errors::over_limit(entry.path, "bytes of a path", "路径字节数", limits_.path_bytes);
    }
    unsigned depth = 1;
    std::size_t component = 0;
    for (const char c : entry.path) {
      component = c == '/' ? 0 : component + 1;
      depth += c == '/' ? 1 : 0;
      if (component > 255)
        archive_errors::over_limit(entry.path, "bytes of a name", "名称字节数", 255);
    }
    if (depth > limits_.depth) {
      archive_errors::over_limit(entry.path, "nested directories", "目录层数", limits_.depth);
    }
    charged_ = 0;
  }

  // The current file reaches to `end`; announced sizes are charged before a byte is written.
  void reaches(std::uint64_t end, const std::string& path) {
    if (end <= charged_) return;
    const std::uint64_t more = end - charged_;
    if (more > limits_.total_bytes - total_) {
      archive_errors::over_limit(path, "bytes", "解压后字节数", limits_.total_bytes);
    }
    total_ += more;
    charged_ = end;
    const bool much = total_ > limits_.ratio_from_bytes;
    if (much && total_ / limits_.ratio > archive_bytes_) archive_errors::bomb(path, limits_.ratio);
    if (total_ > available_) archive_errors::disk_full(path, total_, available_);
    if (total_ - looked_at_ > kDiskCheckStep) look_at_disk();
  }

  std::uint64_t total() const { return total_; }

 private:
  // Others fill the disk too; what we have written already is gone from what is free.
  void look_at_disk() {
    const std::uint64_t free = free_bytes(destination_);
    available_ = total_ + free - std::min(free, limits_.reserve_bytes);
    looked_at_ = total_;
  }

  const UnpackLimits& limits_;
  std::uint64_t archive_bytes_;
  const fs::path& destination_;
  std::uint64_t entries_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t charged_ = 0;    // of the current file
  std::uint64_t available_ = 0;  // what total_ may grow to
  std::uint64_t looked_at_ = 0;  // total_ when the disk was looked at
};

// Tells how far it is, and ends it where that is wished.
class Pace {
 public:
  Pace(const ArchiveReader& reader, const UnpackProgress& progress, const std::stop_token& stop)
      : reader_(reader), progress_(progress), stop_(stop) {}

  void step() {
    if (stop_.stop_requested()) archive_errors::cancelled();
    if (reader_.bytes_read() - told_ >= kProgressStep) tell(reader_.bytes_read());
  }
  void end() { tell(reader_.size()); }

 private:
  void tell(std::uint64_t read) {
    told_ = reader_.bytes_read();
    if (progress_) progress_(std::min(read, reader_.size()), reader_.size());
  }

  const ArchiveReader& reader_;
  const UnpackProgress& progress_;
  const std::stop_token& stop_;
  std::uint64_t told_ = 0;
};

void write_at(int fd, std::span<const char> bytes, std::uint64_t offset, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void write_file(ArchiveReader& reader, const ArchiveEntry& entry, int fd, Budget& budget,
                Pace& pace) {
  std::uint64_t end = 0;
  ArchiveReader::Block block;
  while (reader.read(block)) {
    pace.step();
    const std::uint64_t reach = block.offset + block.bytes.size();
    budget.reaches(reach, entry.path);
    write_at(fd, block.bytes, block.offset, entry.path);
    end = std::max(end, reach);
  }
  // A sparse file may end with a hole.
  if (entry.size && *entry.size > end && ::ftruncate(fd, static_cast<off_t>(*entry.size)) != 0) {
    throw_errno("ftruncate", entry.path);
  }
}

void write_entry(ArchiveReader& reader, const ArchiveEntry& entry, TreeWriter& tree, Budget& budget,
                 Pace& pace) {
  switch (entry.kind) {
    case ArchiveEntry::Kind::directory:
      return tree.directory(entry.path);
    case ArchiveEntry::Kind::symbolic_link:
      return tree.symbolic_link(entry.path, entry.target);
    case ArchiveEntry::Kind::hard_link:
      return tree.hard_link(entry.path, entry.target);
    case ArchiveEntry::Kind::file:
      break;
  }
  budget.reaches(entry.size.value_or(0), entry.path);
  const Fd file = tree.file(entry.path, entry.executable);
  write_file(reader, entry, file.get(), budget, pace);
}

}  // namespace

UnpackStatistics unpack_archive(int archive, const fs::path& destination,
                                const UnpackLimits& limits, const UnpackProgress& progress,
                                const std::stop_token& stop) {
  ArchiveReader reader(archive);
  TreeWriter tree(destination);
  Budget budget(limits, reader.size(), destination);
  Pace pace(reader, progress, stop);
  ArchiveEntry entry;
  while (reader.next(entry)) {
    pace.step();
    budget.entry(entry);
    if (entry.path.empty()) continue;  // "./", the root itself
    write_entry(reader, entry, tree, budget, pace);
    if (tree.replaced() > 0 && reader.has_unique_names()) archive_errors::twice(entry.path);
  }
  tree.check_links();
  pace.end();
  return {tree.files(), tree.directories(), budget.total()};
}

}  // namespace cloudbrain
