#include "git/branches.h"

#include <fmt/format.h>

#include "git/git_command.h"

namespace cloudbrain {

namespace {

Error branch_exists(std::string_view name, std::string_view other) {
  return Error(ErrorKind::conflict, "branch_exists",
               {fmt::format("\"{}\" cannot be made: there is a branch \"{}\".", name, other),
                fmt::format("无法创建“{}”：已有分支“{}”。", name, other)});
}

// git keeps a branch as a file, so that one cannot be the folder of another.
bool excludes(std::string_view one, std::string_view other) {
  return one == other || (one.starts_with(other) && one[other.size()] == '/') ||
         (other.starts_with(one) && other[one.size()] == '/');
}

// True where git moved the reference from exactly where it was.
bool update_reference(const fs::path& repository, const std::string& command) {
  const ProcessResult result =
      run_process(git_process(repository, {"update-ref", "--stdin"}), command + "\n");
  return result.status.ok();
}

}  // namespace

Text branch_name_problem(std::string_view name) {
  const std::string shown = readable(name.substr(0, 200));
  return {fmt::format("\"{}\" cannot be the name of a branch: no spaces, none of ~^:?*[\\, no "
                      "\"..\", at most 200 bytes.",
                      shown),
          fmt::format("“{}”不能作为分支名称：不含空格和 ~^:?*[\\ 等字符，不含“..”，最多 200 字节。",
                      shown)};
}

Error branch_missing(std::string_view name) {
  const std::string shown = readable(name.substr(0, 200));
  return Error(
      ErrorKind::missing, "branch_missing",
      {fmt::format("There is no branch \"{}\".", shown), fmt::format("没有分支“{}”。", shown)});
}

Error repository_full(const GitLimits& limits) {
  const std::uint64_t most = limits.max_repository_bytes >> 20U;
  return Error(ErrorKind::too_large, "repository_full",
               {fmt::format("The repository would have more than {} MiB, which is the most.", most),
                fmt::format("代码仓库将超过 {} MiB 的上限。", most)},
               {"Put large files into a data set.", "请将大文件放入数据集。"});
}

void check_new_branch(RevisionReader& reader, ProjectId project, std::string_view name) {
  if (!is_branch_name(name)) {
    throw Error::fields({{"name", "branch_name", branch_name_problem(name)}});
  }
  for (const Branch& branch : reader.branches(project)) {
    if (excludes(name, branch.name)) throw branch_exists(name, branch.name);
  }
}

std::string create_branch(const Repositories& repositories, RevisionReader& reader,
                          ProjectId project, std::string_view name, std::string_view from) {
  check_new_branch(reader, project, name);
  const auto commit = reader.find_revision(project, from);
  if (!commit) throw branch_missing(from);
  if (!update_reference(repositories.path(project),
                        fmt::format("create refs/heads/{} {}", name, *commit))) {
    throw branch_exists(name, name);
  }
  return *commit;
}

void remove_branch(const Repositories& repositories, RevisionReader& reader, ProjectId project,
                   std::string_view name) {
  const auto commit = reader.resolve(project, name);
  if (!commit) throw branch_missing(name);
  if (reader.default_branch(project) == name) {
    throw Error(ErrorKind::conflict, "default_branch",
                {fmt::format("\"{}\" is the default branch and cannot be deleted.", name),
                 fmt::format("“{}”是默认分支，无法删除。", name)},
                {"Choose another default branch first.", "请先将其他分支设为默认分支。"});
  }
  if (!update_reference(repositories.path(project),
                        fmt::format("delete refs/heads/{} {}", name, *commit))) {
    throw Error(ErrorKind::conflict, "branch_moved",
                {fmt::format("Branch \"{}\" has got other commits meanwhile.", name),
                 fmt::format("分支“{}”已有新的提交。", name)});
  }
}

}  // namespace cloudbrain
