// Makes unpacked trees survive power loss, behind the back of those who use them already.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/files.h"

namespace cloudbrain {

// To wait for the disk would double the time of unpacking 60,000 small files, and a tree can be
// made again from its blob. So a new tree has a mark beside it that names the machine's boot. In
// the background the file system is synced, and then the mark goes. What still has the mark of
// another boot when a server starts may have lost bytes with the power, and is not to be used.
// Where only the server was killed, the boot is the same and nothing is lost.
//
// Safe from any thread. One for a directory of trees.
class TreeSync {
 public:
  // `trees` holds the directories that are marked.
  explicit TreeSync(fs::path trees);

  // Marks `content`, which is then moved into `trees`, and may be used at once.
  static void mark(const fs::path& content);
  // Whether the machine went down before all of it was on the disk.
  static bool is_doubtful(const fs::path& content);
  // Somebody has moved a marked tree to its place.
  void request();

 private:
  void run(const std::stop_token& stop);
  void sync() const;

  fs::path trees_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_requested_ = true;  // an earlier run may have left marks
  std::jthread thread_;
};

}  // namespace cloudbrain
