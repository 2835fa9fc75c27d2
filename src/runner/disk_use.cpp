#include "runner/disk_use.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/files.h"

namespace cloudbrain::runner {

namespace {

constexpr std::chrono::milliseconds kLook{250};
constexpr std::chrono::seconds kCountAnyway{30};
// Deeper than any program goes; a walk of what is deeper would never end.
constexpr int kDeepest = 2000;

std::int64_t size_of(const struct stat& status) {
  // A file of several names is met several times.
  const std::int64_t names =
      S_ISREG(status.st_mode)
          ? std::max<std::int64_t>(1, static_cast<std::int64_t>(status.st_nlink))
          : 1;
  return static_cast<std::int64_t>(status.st_blocks) * 512 / names;
}

// Calls `visit` with each entry; false where the tree is too deep to be walked to its end. Follows
// no links; the script may go on changing the tree meanwhile, and fts copes.
template <typename Visit>
bool walk_tree(std::string directory, Visit visit) {
  std::array<char*, 2> roots{directory.data(), nullptr};
  FTS* const walk = ::fts_open(roots.data(), FTS_PHYSICAL, nullptr);
  if (walk == nullptr) return true;
  bool whole = true;
  while (const FTSENT* const entry = ::fts_read(walk)) {
    if (entry->fts_info == FTS_DP) continue;
    whole = entry->fts_level <= kDeepest && entry->fts_errno != ENAMETOOLONG;
    if (!whole) break;
    if (entry->fts_statp != nullptr && entry->fts_info != FTS_NS) visit(*entry);
  }
  ::fts_close(walk);
  return whole;
}

// More than any limit where the tree can't be walked to its end.
std::int64_t tree_bytes(const std::string& directory) {
  std::int64_t bytes = 0;
  const bool whole =
      walk_tree(directory, [&](const FTSENT& entry) { bytes += size_of(*entry.fts_statp); });
  return whole ? bytes : INT64_MAX / 8;
}

// When it was last changed, in nanoseconds: nobody but the kernel sets that time.
std::int64_t changed_at(const FTSENT& entry) {
  const timespec& time = entry.fts_statp->st_ctim;
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::vector<std::string> numbers_in(const std::string& directory) {
  std::vector<std::string> names;
  DIR* const list = ::opendir(directory.c_str());
  if (list == nullptr) return names;
  while (const dirent* const entry = ::readdir(list)) {
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') names.emplace_back(entry->d_name);
  }
  ::closedir(list);
  return names;
}

std::vector<std::string> processes_in(const std::string& cgroup) {
  std::vector<std::string> pids;
  const Fd file(::open((cgroup + "/cgroup.procs").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer{};
  std::string pid;
  ssize_t count = 0;
  while ((count = ::read(file.get(), buffer.data(), buffer.size())) > 0) {
    for (ssize_t i = 0; i < count; ++i) {
      const char c = buffer.at(static_cast<std::size_t>(i));
      if (c != '\n') {
        pid.push_back(c);
      } else {
        pids.push_back(std::exchange(pid, {}));
      }
    }
  }
  return pids;
}

// Files without a name take room until they are closed. Only what lies on `device`: the rest is
// memory (memfd), which is counted elsewhere.
std::int64_t nameless_bytes(const std::string& cgroup, dev_t device) {
  std::vector<std::pair<ino_t, std::int64_t>> found;
  for (const std::string& pid : processes_in(cgroup)) {
    const std::string descriptors = "/proc/" + pid + "/fd/";
    for (const std::string& number : numbers_in(descriptors)) {
      struct stat status{};
      if (::stat((descriptors + number).c_str(), &status) != 0) continue;
      if (S_ISREG(status.st_mode) && status.st_nlink == 0 && status.st_dev == device) {
        found.emplace_back(status.st_ino, static_cast<std::int64_t>(status.st_blocks) * 512);
      }
    }
  }
  std::sort(found.begin(), found.end());
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i == 0 || found[i].first != found[i - 1].first) bytes += found[i].second;
  }
  return bytes;
}

}  // namespace

DiskUse::DiskUse(std::vector<std::string> directories, std::vector<std::string> cgroups,
                 std::int64_t limit_bytes)
    : directories_(std::move(directories)), cgroups_(std::move(cgroups)), limit_(limit_bytes) {
  // The code may be mounted twice (code_alias).
  std::sort(directories_.begin(), directories_.end());
  directories_.erase(std::unique(directories_.begin(), directories_.end()), directories_.end());
  if (limit_ <= 0 || directories_.empty()) return;
  next_ = Clock::now() + kLook;
  // Until the first count nothing of the limit counts as used.
  left_ = limit_;
  room_at_count_ = room();
  count_anyway_ = Clock::now() + kCountAnyway;
}

bool DiskUse::exceeded() {
  const Clock::time_point now = Clock::now();
  next_ = now + kLook;
  if (now < count_again_) return false;
  const std::int64_t lost = room_at_count_ - room();
  // At half of what was left: the code and what a former count did not see come on top.
  if (lost < left_ / 2 && now < count_anyway_) return false;
  const std::int64_t used = count();
  const Clock::time_point after = Clock::now();
  left_ = limit_ - used;
  room_at_count_ = room();
  count_again_ = after + 20 * (after - now);
  count_anyway_ = after + kCountAnyway;
  if (used <= limit_) return false;
  next_ = Clock::time_point::max();  // once is enough
  return true;
}

bool DiskUse::trim() const {
  if (limit_ <= 0 || directories_.empty()) return false;
  if (room_at_count_ - room() < left_ / 2) return false;  // the walk is saved to nearly every task
  std::int64_t used = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> files;  // time, size
  for (const std::string& directory : directories_) {
    walk_tree(directory, [&](const FTSENT& entry) {
      used += size_of(*entry.fts_statp);
      if (entry.fts_info == FTS_F) files.emplace_back(changed_at(entry), size_of(*entry.fts_statp));
    });
  }
  if (used <= limit_) return false;
  std::sort(files.begin(), files.end(), std::greater<>());
  std::int64_t from = INT64_MAX;
  for (const auto& [time, size] : files) {
    if (used <= limit_) break;
    used -= size;
    from = time;
  }
  for (const std::string& directory : directories_) {
    walk_tree(directory, [&](const FTSENT& entry) {
      // fts_accpath holds from the walk's own working directory.
      if (entry.fts_info == FTS_F && changed_at(entry) >= from) ::unlink(entry.fts_accpath);
    });
  }
  return true;
}

std::int64_t DiskUse::room() const {
  struct statvfs status{};
  if (::statvfs(directories_.front().c_str(), &status) != 0) return 0;
  return static_cast<std::int64_t>(status.f_bavail) * static_cast<std::int64_t>(status.f_frsize);
}

std::int64_t DiskUse::count() const {
  std::int64_t bytes = 0;
  for (const std::string& directory : directories_) bytes += tree_bytes(directory);
  struct stat status{};
  if (!cgroups_.empty() && ::stat(directories_.front().c_str(), &status) == 0) {
    bytes += nameless_bytes(cgroups_.front(), status.st_dev);
  }
  return bytes;
}

}  // namespace cloudbrain::runner
