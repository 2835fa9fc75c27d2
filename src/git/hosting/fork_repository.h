// A project's own copy of another's repository.
#pragma once

#include "base/ids.h"
#include "git/hosting/repositories.h"

namespace cloudbrain {

// Makes the repository of `to` with the branches, tags and default branch of `from`. Objects are
// hard links to the same files: a fork of any size takes milliseconds and next to no disk. Nothing
// else is shared, so that either may be changed or removed. Whole or not there; synced to disk.
//
// Safe beside pushes to `from` and its maintenance: the fork is as `from` was at some moment of the
// call. A repository of `to` without any reference gives way.
// Throws Error missing ("repository_missing"), conflict ("repository_exists").
void fork_repository(Repositories& repositories, ProjectId from, ProjectId to);

}  // namespace cloudbrain
