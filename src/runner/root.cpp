#include "runner/root.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/files.h"

namespace cloudbrain::runner {

namespace {

std::string why(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

// crun refuses machines that mix cgroup v1 and v2, and is asked to leave cgroups alone in any case:
// here it sees a plain v2 hierarchy. Where there is none the runtime is runc, which needs no help.
void show_one_hierarchy() {
  struct statfs status{};
  if (::statfs("/sys/fs/cgroup", &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC) return;
  ::mount("none", "/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
}

// By descriptors: a path may hold what the options of overlayfs read as their own (",", ":").
std::string mount_overlay(const RootOrders& root, const std::string& target) {
  const Fd lower(::open(root.lower.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!lower) return why(root.lower);
  const Fd upper(::open(root.upper.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!upper) return why(root.upper);
  const Fd work(::open(root.work.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!work) return why(root.work);
  const auto path = [](const Fd& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); };
  const std::string options =
      "lowerdir=" + path(lower) + ",upperdir=" + path(upper) + ",workdir=" + path(work);
  // An image may bring device nodes and setuid programs: here they are nothing but files.
  if (::mount("overlay", target.c_str(), "overlay", MS_NOSUID | MS_NODEV, options.c_str()) != 0)
    return why("overlay on " + root.lower);
  return {};
}

bool copy_small_file(const std::string& from, const std::string& to) {
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  const Fd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!source || !target) return false;
  char buffer[16384];
  ssize_t count = 0;
  while ((count = ::read(source.get(), buffer, sizeof buffer)) > 0) {
    if (::write(target.get(), buffer, static_cast<std::size_t>(count)) != count) return false;
  }
  return count == 0;
}

}  // namespace

std::string make_root(const RootOrders& root, int log) {
  const auto owner = static_cast<uid_t>(root.owner);
  if (::fchown(log, owner, owner) != 0) return why("fchown");
  if (::unshare(CLONE_NEWNS) != 0) return why("unshare");
  if (::mount("", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) return why("mount /");
  show_one_hierarchy();
  if (::mount("tmpfs", root.place.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0711,size=16m") !=
      0)
    return why(root.place);
  const std::string target = root.place + "/rootfs";
  if (::mkdir(target.c_str(), 0755) != 0) return why(target);
  if (::mkdir((root.place + "/state").c_str(), 0700) != 0) return why(root.place);
  if (!copy_small_file(root.config, root.place + "/config.json")) return why(root.config);
  if (std::string problem = mount_overlay(root, target); !problem.empty()) return problem;
  if (::chdir(root.place.c_str()) != 0) return why(root.place);
  return {};
}

}  // namespace cloudbrain::runner
