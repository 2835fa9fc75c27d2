#include "engines/local/host_files.h"

#include <array>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/hash.h"
#include "engines/local/seccomp_filter.h"

namespace cloudbrain {

namespace {

// What programs of the host need to work as they do outside, and nothing that tells of its users,
// services or secrets. A name that ends in "*" stands for all that begin so.
constexpr std::array<std::string_view, 27> kShown{
    "ld.so.cache",    "ld.so.conf",      "ld.so.conf.d", "alternatives",
    "ssl/certs",      "ssl/openssl.cnf", "python3*",     "localtime",
    "timezone",       "nsswitch.conf",   "hosts",        "resolv.conf",
    "host.conf",      "gai.conf",        "protocols",    "services",
    "mime.types",     "magic",           "fonts",        "os-release",
    "debian_version", "locale.alias",    "OpenCL",       "ascend_install.info",
    "hccn.conf",      "openmpi",         "matplotlibrc",
};

std::vector<fs::path> shown_paths() {
  std::vector<fs::path> paths;
  for (const std::string_view name : kShown) {
    if (!name.ends_with('*')) {
      paths.emplace_back(name);
      continue;
    }
    std::vector<fs::path> found;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator("/etc", error)) {
      const std::string entry_name = entry.path().filename();
      if (entry_name.starts_with(name.substr(0, name.size() - 1))) found.emplace_back(entry_name);
    }
    std::sort(found.begin(), found.end());
    paths.insert(paths.end(), found.begin(), found.end());
  }
  return paths;
}

// A link may lead to where a task sees nothing (/run/systemd/resolve): its content is taken
// instead.
void show(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const fs::file_status status = fs::status(from, error);
  if (error || !fs::exists(status)) return;
  make_directories(to.parent_path());
  if (fs::is_directory(status)) {
    copy_tree(from, to);
  } else if (fs::is_regular_file(status)) {
    write_file_atomic(to, read_file(from), Durable::no);
  }
}

}  // namespace

HostFiles::HostFiles(fs::path directory, TaskUser user)
    : directory_(std::move(directory)),
      user_(user),
      seccomp_(directory_ / "seccomp.bpf"),
      shown_(shown_paths()) {
  make_directories(directory_);
  write_file_atomic(seccomp_, compile_seccomp_filter(), Durable::no);
  first_copy_ = std::jthread([this] {
    try {
      (void)etc();
    } catch (const Error&) {
      // The first start tries again, and tells.
    }
  });
}

std::string HostFiles::signature() const {
  std::string text = fmt::format("2 {} {}", user_.uid, user_.gid);  // 2: of make_etc itself
  for (const fs::path& path : shown_) {
    struct stat status{};
    if (::stat(("/etc" / path).c_str(), &status) != 0) continue;
    text += fmt::format("\n{} {} {} {}.{}", path.native(), status.st_ino, status.st_size,
                        status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  }
  return text;
}

fs::path HostFiles::etc() {
  const std::lock_guard lock(mutex_);
  std::string current = signature();
  if (current == signature_of_etc_) return etc_;
  // Named by what it was made from: an older one may still be mounted in a task that runs.
  const fs::path target = directory_ / ("etc-" + sha256_hex(current).substr(0, 16));
  if (!fs::exists(target)) {
    const fs::path draft = directory_ / random_name(".etc-");
    make_etc(draft);
    std::error_code raced;
    fs::rename(draft, target, raced);
    if (raced) remove_tree(draft);
  }
  etc_ = target;
  signature_of_etc_ = std::move(current);
  return etc_;
}

void HostFiles::make_etc(const fs::path& target) const {
  make_directories(target);
  for (const fs::path& path : shown_) show("/etc" / path, target / path);
  write_file_atomic(target / "passwd",
                    fmt::format("root:x:0:0:root:/root:/usr/sbin/nologin\n"
                                "task:x:{}:{}:task:/home/task:/bin/sh\n",
                                user_.uid, user_.gid),
                    Durable::no);
  write_file_atomic(target / kNothing, "", Durable::no);
  if (!fs::exists(target / "resolv.conf"))
    write_file_atomic(target / "resolv.conf", "", Durable::no);
  write_file_atomic(target / "group", fmt::format("root:x:0:\ntask:x:{}:\n", user_.gid),
                    Durable::no);
}

}  // namespace cloudbrain
