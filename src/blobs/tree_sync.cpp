#include "blobs/tree_sync.h"

#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

namespace cloudbrain {

namespace {

fs::path mark_of(const fs::path& content) {
  return content / "unsynced";
}

// Of this run of the kernel: random(4).
std::string boot_id() {
  return read_file("/proc/sys/kernel/random/boot_id");
}

}  // namespace

TreeSync::TreeSync(fs::path trees)
    : trees_(std::move(trees)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void TreeSync::mark(const fs::path& content) {
  write_file_atomic(mark_of(content), boot_id(), Durable::no);
}

bool TreeSync::is_doubtful(const fs::path& content) {
  // A mark that is empty was cut off by the same loss.
  const auto mark = try_read_file(mark_of(content));
  return mark && *mark != boot_id();
}

void TreeSync::request() {
  const std::lock_guard lock(mutex_);
  is_requested_ = true;
  changed_.notify_all();
}

void TreeSync::run(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return is_requested_; })) return;
      is_requested_ = false;
    }
    try {
      sync();
    } catch (const std::exception& error) {
      // The marks stay, so that these trees are made again after a power loss.
      log::error("Unpacked data sets can't be synced: {}", error.what());
    }
  }
}

void TreeSync::sync() const {
  std::vector<fs::path> marks;
  for (const fs::directory_entry& content : fs::directory_iterator(trees_)) {
    fs::path mark = mark_of(content.path());
    if (fs::exists(mark)) marks.push_back(std::move(mark));
  }
  if (marks.empty()) return;
  // One call for the file system is far cheaper than one for each of 60,000 files.
  const Fd directory = open_file(trees_, O_RDONLY | O_DIRECTORY);
  if (::syncfs(directory.get()) != 0) throw_errno("syncfs", trees_.native());
  for (const fs::path& mark : marks) {
    if (::unlink(mark.c_str()) != 0 && errno != ENOENT) throw_errno("unlink", mark.native());
  }
}

}  // namespace cloudbrain
