// `cloudbrain doctor`: what this machine can do, and how to mend what it lacks.
#pragma once

#include <vector>

#include "base/files.h"
#include "cli/findings.h"

namespace cloudbrain::app {

// Looks at the machine and tries a real task in a real sandbox, in a temporary directory. `data` is
// where a server keeps, or would keep, its data: its disk is what counts. Takes a second or two.
std::vector<cli::Finding> examine(const fs::path& data, const std::vector<fs::path>& cdi);

}  // namespace cloudbrain::app
