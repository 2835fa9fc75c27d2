// Commits that the platform itself writes: files saved in the console or sent to the API.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "git/limits.h"
#include "git/reading/revision_reader.h"

namespace cloudbrain {

struct FileChange {
  std::string path;                    // plain relative path
  std::optional<std::string> content;  // nullopt: the file is deleted
  std::optional<bool> executable;      // nullopt: as it was, or not
};

struct CommitAuthor {
  std::string name;
  std::string email;
};

struct CommitRequest {
  std::string branch;
  std::string message;
  std::vector<FileChange> files;
  CommitAuthor author;
  TimePoint time;
  std::optional<std::string> expected_head = {};  // refuse where the branch is anywhere else
  // The commit goes to a branch of this name, made of `branch`, which stays as it is.
  std::optional<std::string> new_branch = {};
  GitLimits limits = {};
};

// Makes one commit on top of the branch and moves the branch, or does nothing at all. A branch that
// is missing is made only in a repository without any commit. Returns the commit's id, which is on
// disk. One git process, whatever the number of files. Safe from any thread.
//
// Throws Error:
//   invalid, fields  "file_path", "file_duplicate", "file_missing" (delete), "file_is_directory",
//                    "parent_is_file", "file_too_large"; field "files[2].path"; also
//                    "branch_name", "no_files"
//   missing   "branch_missing"
//   too_large "repository_full"
//   conflict  "branch_exists": new_branch
//   conflict  "branch_moved": not at expected_head, or moved meanwhile
std::string commit_files(const Repositories& repositories, RevisionReader& reader,
                         ProjectId project, const CommitRequest& request);

}  // namespace cloudbrain
