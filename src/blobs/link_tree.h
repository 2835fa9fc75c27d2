// A second tree of the same files.
#pragma once

#include "base/files.h"

namespace cloudbrain {

// Makes the directories of `from` again below `to`, an existing directory on the same file system,
// and hard-links everything else. Both are ours alone while it runs. No file is opened, so its cost
// is that of its directory entries (60,000 files: half a second).
void link_tree(const fs::path& from, const fs::path& to);

}  // namespace cloudbrain
