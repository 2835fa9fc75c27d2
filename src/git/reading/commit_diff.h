// What a commit changed, as people read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "git/hosting/repositories.h"

namespace cloudbrain {

struct FileDiff {
  enum class Status { added, modified, deleted, renamed };
  std::string path;
  std::optional<std::string> old_path;  // of renamed
  Status status = Status::modified;
  std::int64_t additions = 0;
  std::int64_t deletions = 0;
  bool binary = false;               // also a file too large to compare
  std::optional<std::string> patch;  // hunks from "@@" on; empty where cut off
};

struct CommitDiff {
  std::vector<FileDiff> files;
  bool cut = false;  // there are more files, or a patch was left out
};

struct DiffLimits {
  std::size_t files = 300;
  std::size_t patch_bytes = 1U << 20U;
};

// Compares `commit` (an id of a commit that is there) with its first parent, or with nothing where
// it has none. Two git processes, some milliseconds for an ordinary commit.
CommitDiff commit_diff(const Repositories& repositories, ProjectId project, std::string_view commit,
                       std::optional<std::string_view> parent, const DiffLimits& limits = {});

}  // namespace cloudbrain
