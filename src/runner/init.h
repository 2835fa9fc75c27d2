// `cloudbrain-runner --init`: process 1 of a sandbox.
#pragma once

#include <span>

namespace cloudbrain::runner {

// Arguments: UID GID HOME -- COMMAND…; UID and GID "-": it runs as the right user already. Started
// inside the sandbox with the descriptors of task_folder.h. It leaves root for good, starts the
// command with exactly the variables that it was given, reaps whatever is orphaned, and tells the
// runner the script's true status, which bwrap would fold into an exit code. When the script is
// gone it ends, and the kernel ends everything else in the sandbox; it also ends when the runner is
// gone.
int run_init(std::span<char*> arguments);

}  // namespace cloudbrain::runner
