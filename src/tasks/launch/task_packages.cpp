#include "tasks/launch/task_packages.h"

#include <span>

#include <sys/stat.h>

#include "base/embedded_file.h"
#include "base/error.h"
#include "base/hash.h"

namespace cloudbrain {

std::span<const EmbeddedFile> embedded_task_packages();

namespace {

std::string name_of_content() {
  Sha256 hash;
  for (const EmbeddedFile& file : embedded_task_packages()) {
    hash.update(file.path);
    hash.update(std::string_view("\0", 1));
    hash.update(file.bytes);
    hash.update(std::string_view("\0", 1));
  }
  return hash.finish().substr(0, 16);
}

// For everybody: a task is not the server's user.
void make_readable_directory(const fs::path& path) {
  make_directories(path);
  if (::chmod(path.c_str(), 0755) != 0) throw_errno("chmod", path.native());
}

}  // namespace

fs::path write_task_packages(const fs::path& root) {
  const fs::path target = root / name_of_content();
  if (fs::exists(target)) return target;
  make_readable_directory(root);
  const TemporaryDirectory work(root);
  const fs::path aside = work.path() / "packages";
  make_readable_directory(aside);
  for (const EmbeddedFile& file : embedded_task_packages()) {
    const fs::path path = aside / file.path.substr(1);
    make_readable_directory(path.parent_path().parent_path());
    make_readable_directory(path.parent_path());
    write_file_atomic(path, file.bytes, Durable::no, 0644);
  }
  fs::rename(aside, target);
  return target;
}

}  // namespace cloudbrain
