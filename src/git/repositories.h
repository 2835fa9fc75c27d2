// The repositories on disk: one bare repository per project, <root>/<project id>.git.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/ids.h"

namespace cloudbrain {

// Safe from any thread (on different projects). Needs the `git` program on PATH.
class Repositories {
 public:
  // Makes the root where it is missing.
  explicit Repositories(fs::path root);

  // A bare repository without commits. Its configuration is ours alone: pushes are checked object
  // by object, synced to disk, and no hook ever runs. Made under a temporary name and renamed, so
  // it is whole or not there. Nothing happens where it exists already.
  void create(ProjectId project, std::string_view default_branch = "main");
  // What a clone checks out, and the console shows first. The branch must exist.
  void set_default_branch(ProjectId project, std::string_view branch) const;
  // Missing is fine. The caller sees to it that nobody uses it (RevisionReader::forget).
  void remove(ProjectId project);
  // Removes the repositories of all projects but these. Called while nobody uses any.
  void remove_others(const std::set<ProjectId>& known);
  bool exists(ProjectId project) const;
  // Also where there is none yet.
  fs::path path(ProjectId project) const;
  const fs::path& root() const { return root_; }

  // Packs loose objects where there are many; takes seconds on large repositories and may run
  // beside readers and pushes. Called now and then after pushes, in the background.
  void maintain(ProjectId project) const;

 private:
  fs::path root_;
};

// What git accepts as a branch (git-check-ref-format(1)), in UTF-8, at most 200 bytes.
bool is_branch_name(std::string_view name);
// 40 lower-case hex digits.
bool is_commit_id(std::string_view text);

}  // namespace cloudbrain
