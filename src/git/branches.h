// Branches made, removed and chosen as the default one.
#pragma once

#include <string_view>

#include "base/error.h"
#include "base/ids.h"
#include "git/limits.h"
#include "git/reading/revision_reader.h"

namespace cloudbrain {

// Makes `name` point to `from`, a branch or a commit's id, and returns the commit. Throws Error
// invalid, field name ("branch_name"); missing ("branch_missing"); conflict ("branch_exists"), also
// where "a" is there and "a/b" is asked for.
std::string create_branch(const Repositories& repositories, RevisionReader& reader,
                          ProjectId project, std::string_view name, std::string_view from);

// Its commits stay, for the tasks that ran them. Throws Error missing ("branch_missing"); conflict
// ("default_branch", "branch_moved").
void remove_branch(const Repositories& repositories, RevisionReader& reader, ProjectId project,
                   std::string_view name);

// Throws Error as create_branch where a branch of that name cannot be made.
void check_new_branch(RevisionReader& reader, ProjectId project, std::string_view name);

Text branch_name_problem(std::string_view name);
Error branch_missing(std::string_view name);
// "repository_full": over max_repository_bytes.
Error repository_full(const GitLimits& limits);

}  // namespace cloudbrain
