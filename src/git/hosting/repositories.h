// The repositories on disk: one bare repository per project, <root>/<project id>.git.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/ids.h"

namespace cloudbrain {

// A repository that is being filled under a name that nobody looks at. Removed at the end of scope
// unless it was placed; what a killed server left goes when Repositories is made.
class PreparedRepository {
 public:
  PreparedRepository(PreparedRepository&& other) noexcept
      : path_(std::exchange(other.path_, fs::path())) {}
  PreparedRepository& operator=(PreparedRepository&&) = delete;
  ~PreparedRepository();
  const fs::path& path() const { return path_; }

 private:
  friend class Repositories;
  explicit PreparedRepository(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// Safe from any thread (on different projects). Needs the `git` program on PATH.
class Repositories {
 public:
  // Makes the root where it is missing.
  explicit Repositories(fs::path root);

  // A bare repository without commits. Its configuration is ours alone: pushes are checked object
  // by object, synced to disk, and no hook of a user ever runs. Made under a temporary name and
  // renamed, so it is whole or not there. Nothing happens where it exists already.
  void create(ProjectId project, std::string_view default_branch = "main");
  // What a clone checks out, and the console shows first. The branch must exist.
  void set_default_branch(ProjectId project, std::string_view branch) const;
  // The same, to be filled and then placed. Throws Error invalid ("branch_name").
  PreparedRepository prepare(std::string_view default_branch = "main") const;
  // Makes it the project's repository, in one step, synced. One without any reference may be there
  // and gives way; throws Error conflict ("repository_exists") for any other.
  void place(PreparedRepository prepared, ProjectId project);
  // Missing is fine. The caller sees to it that nobody uses it (RevisionReader::forget).
  void remove(ProjectId project);
  // Removes the repositories of all projects but these. Called while nobody uses any.
  void remove_others(const std::set<ProjectId>& known);
  bool exists(ProjectId project) const;
  // Also where there is none yet.
  fs::path path(ProjectId project) const;
  const fs::path& root() const { return root_; }
  // Bytes on disk; 0 where there is none. What forks share counts for each of them.
  std::uint64_t size(ProjectId project) const;

  // Packs where there are many loose objects or packs; takes seconds on large repositories and may
  // run beside readers and pushes. Called now and then after pushes, in the background. `stop` is
  // asked some times a second and ends it.
  void maintain(ProjectId project, const std::function<bool()>& stop = {}) const;

 private:
  fs::path root_;
};

// What git accepts as a branch (git-check-ref-format(1)), in UTF-8, at most 200 bytes.
bool is_branch_name(std::string_view name);
// 40 lower-case hex digits.
bool is_commit_id(std::string_view text);

}  // namespace cloudbrain
