#include "git/hosting/fork_repository.h"

#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "git/git_command.h"

namespace cloudbrain {

namespace {

constexpr int kAttempts = 20;

bool is_loose_directory(const std::string& name) {
  constexpr std::string_view kHex = "0123456789abcdef";
  return name.size() == 2 && kHex.find(name[0]) != std::string_view::npos &&
         kHex.find(name[1]) != std::string_view::npos;
}

// Names in a directory, less git's temporary ones. What vanishes meanwhile is no failure.
std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  std::error_code error;
  for (auto entry = fs::directory_iterator(directory, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (!name.starts_with("tmp_") && !name.starts_with(".tmp")) names.insert(name);
  }
  return names;
}

// False where `from` is gone: git has packed it meanwhile.
bool link_file(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0 || errno == EEXIST) return true;
  if (errno == ENOENT) return false;
  // No hard links here, or too many of this one.
  std::error_code error;
  fs::copy_file(from, to, error);
  if (error == std::errc::no_such_file_or_directory) return false;
  if (error) throw_errno("copy", from.native(), error.value());
  return true;
}

void link_loose_objects(const fs::path& from, const fs::path& to) {
  for (const std::string& directory : names_in(from)) {
    if (!is_loose_directory(directory)) continue;
    make_directories(to / directory);
    for (const std::string& name : names_in(from / directory)) {
      // One that is gone is in a pack by now, and packs come after this.
      link_file(from / directory / name, to / directory / name);
    }
    sync_directory(to / directory);
  }
}

// git puts a new pack there before it removes those it was made of: a pass during which nothing
// vanished and nothing came has all of them.
void link_packs(const fs::path& from, const fs::path& to) {
  make_directories(to);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::set<std::string> names = names_in(from);
    bool whole = true;
    for (const std::string& name : names) {
      // It speaks of the packs beside it, which are others in a moment.
      if (name.starts_with("multi-pack-index")) continue;
      whole = link_file(from / name, to / name) && whole;
    }
    if (!whole || names_in(from) != names) continue;
    sync_directory(to);
    return;
  }
  throw Error(
      ErrorKind::busy, "repository_busy",
      {"The repository is being packed; try again in a moment.", "代码仓库正在整理，请稍后重试。"});
}

// As git-pack-refs(1) writes them, less the optional peeled values.
std::string packed_references(const fs::path& repository) {
  return run_git(git_process(repository, {"for-each-ref", "--format=%(objectname) %(refname)",
                                          "refs/heads/", "refs/tags/"}));
}

}  // namespace

void fork_repository(Repositories& repositories, ProjectId from, ProjectId to) {
  const fs::path source = repositories.path(from);
  const auto head = try_read_file(source / "HEAD");
  if (!head) {
    throw Error(ErrorKind::missing, "repository_missing",
                {"The project has no repository to fork.", "该项目没有可派生的代码仓库。"});
  }
  PreparedRepository fork = repositories.prepare();
  // References first: what they name is there already and never pruned.
  const std::string references = packed_references(source);
  link_loose_objects(source / "objects", fork.path() / "objects");
  link_packs(source / "objects/pack", fork.path() / "objects/pack");
  sync_directory(fork.path() / "objects");
  if (!references.empty()) {
    write_file_atomic(fork.path() / "packed-refs", references, Durable::yes);
  }
  write_file_atomic(fork.path() / "HEAD", *head, Durable::yes);
  repositories.place(std::move(fork), to);
}

}  // namespace cloudbrain
