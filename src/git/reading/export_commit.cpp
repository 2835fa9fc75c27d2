#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "git/git_command.h"
#include "git/reading/code_cache.h"

namespace cloudbrain {

void export_commit(const fs::path& repository, std::string_view commit,
                   const fs::path& destination) {
  const Error missing(ErrorKind::missing, "commit_missing",
                      {fmt::format("There is no commit {}.", commit.substr(0, 80)),
                       fmt::format("没有提交 {}。", commit.substr(0, 80))});
  const std::string id(commit);
  if (!is_commit_id(commit)) throw missing;
  std::error_code error;
  if (!fs::create_directory(destination, error)) {
    throw_errno("mkdir", destination.native(), error ? error.value() : EEXIST);
  }
  // Reads the commit into an index of its own and checks that out: the code of `git checkout`, with
  // its care for links and for names that git itself must not write.
  const fs::path index = destination.parent_path() / random_name(".index-");
  const ProcessOptions options =
      git_process(repository,
                  {"-c", "core.fsync=none", "--work-tree=" + fs::absolute(destination).native(),
                   "read-tree", "--reset", "-u", id},
                  {{"GIT_INDEX_FILE", fs::absolute(index).native()}});
  const ProcessResult result = run_process(options, {}, std::chrono::minutes(30));
  ::unlink(index.c_str());
  if (result.status.ok()) return;
  remove_tree(destination);
  const ProcessResult check =
      run_process(git_process(repository, {"cat-file", "-e", id + "^{commit}"}));
  if (!check.status.ok()) throw missing;
  throw_git_failed(options, result.error);
}

}  // namespace cloudbrain
