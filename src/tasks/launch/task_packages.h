// The Python packages that scripts of the OpenI platform import (task-packages/), as files that
// tasks can mount.
#pragma once

#include "base/files.h"

namespace cloudbrain {

// Writes them below `root`, into a directory named by their content, unless they are there already,
// and gives that directory. What an earlier version of the server wrote stays, as tasks that run
// have it mounted; it is a few KB.
fs::path write_task_packages(const fs::path& root);

}  // namespace cloudbrain
