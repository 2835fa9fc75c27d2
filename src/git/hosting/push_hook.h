// What looks at every push before its references move: git's pre-receive hook, which is our own
// program under that name. It runs in the push's quarantine, so a refused push leaves nothing.
#pragma once

#include <string_view>

#include "base/files.h"
#include "git/git_command.h"
#include "git/limits.h"

namespace cloudbrain {

// Makes <directory>/pre-receive a link to `program`, which calls run_push_hook when started under
// that name.
void install_push_hook(const fs::path& directory, const fs::path& program);

// How a push's git learns of the hook and of what it has to check.
GitSettings push_hook_settings(const fs::path& directory);
std::map<std::string, std::string> push_hook_environment(const GitLimits& limits, bool chinese);

// True where a program was started as that hook.
bool is_push_hook(std::string_view program);

// Reads the push from standard input (githooks(5)) and checks the names of its references, and of
// what it brings the paths and the sizes of files. Says what is wrong on standard error, which the
// person who pushes reads. Returns the exit code: 0 lets the push through.
int run_push_hook();

}  // namespace cloudbrain
