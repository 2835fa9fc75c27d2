// Which paths a repository's files may have, however they come in.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"

namespace cloudbrain {

// The problem, or nullopt where all is well: relative, UTF-8, no control characters, backslashes,
// "..", ".git"; at most 1000 bytes, 255 in each part (what file systems take), 64 parts.
std::optional<Text> path_problem(std::string_view path);

}  // namespace cloudbrain
