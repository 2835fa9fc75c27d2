#include "engines/local/task_user.h"

#include <array>

#include <pwd.h>
#include <unistd.h>

namespace cloudbrain {

namespace {

constexpr char kName[] = "cloudbrain-task";
// Outside of what Debian's policy (9.2.2) gives to accounts of a distribution or of systemd.
constexpr uid_t kNumber = 59'990;

}  // namespace

TaskUser task_user() {
  TaskUser user{kNumber, kNumber, ::geteuid() == 0};
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> strings{};
  if (::getpwnam_r(kName, &entry, strings.data(), strings.size(), &found) == 0 &&
      found != nullptr && entry.pw_uid != 0 && entry.pw_gid != 0) {
    user.uid = entry.pw_uid;
    user.gid = entry.pw_gid;
  }
  return user;
}

}  // namespace cloudbrain
