// git processes whose output goes to a client as it is.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/process.h"
#include "git/hosting/repositories.h"

namespace cloudbrain {

// A zip of the commit's files, each below `folder`, as git-archive(1) makes it.
ProcessOptions archive_command(const Repositories& repositories, ProjectId project,
                               std::string_view commit, std::string_view folder);

// The bytes of one object of RevisionReader::find_file.
ProcessOptions blob_command(const Repositories& repositories, ProjectId project,
                            std::string_view id);

}  // namespace cloudbrain
