// A project as the API shows it.
#pragma once

#include "api/operation.h"
#include "api/views.h"
#include "git/commit_files.h"

namespace cloudbrain::api {

// `role`: the caller's, where they have one.
ProjectView view_of(const Call& call, const store::Project& project, std::optional<Role> role);

// The caller, as their commits name them.
CommitAuthor author_of(const Call& call);

std::string full_name(const store::Project& project);

}  // namespace cloudbrain::api
