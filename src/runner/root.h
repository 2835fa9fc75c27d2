// The root file system of a container, put together before its runtime starts.
#pragma once

#include <string>

#include "engines/task_folder.h"

namespace cloudbrain::runner {

// Moves the calling process into a mount namespace of its own, mounts the bundle at `root.place`
// (rootfs/, config.json, state/ for the runtime) and makes it the working directory. Nothing of it
// is seen from outside, and all of it goes with the last process inside. The log's pipe becomes
// the script's. Gives what went wrong, one line; empty: all is well.
std::string make_root(const RootOrders& root, int log);

}  // namespace cloudbrain::runner
