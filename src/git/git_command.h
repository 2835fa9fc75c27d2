// Runs the `git` program so that nothing but our own arguments has a say: no configuration of the
// machine or of its users, no prompts, no replaced objects.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/process.h"

namespace cloudbrain {

// Settings for one process, "section.name" and value: told by its environment, so that neither the
// list of processes nor a repository's configuration shows them.
using GitSettings = std::vector<std::pair<std::string, std::string>>;

// The variables of every git process.
std::map<std::string, std::string> git_environment(const GitSettings& settings = {});

// `git --git-dir=<repository> <arguments…>`; without a repository, `git <arguments…>`.
ProcessOptions git_process(const fs::path& repository, std::vector<std::string> arguments,
                           std::map<std::string, std::string> more_environment = {},
                           const GitSettings& settings = {});

// Runs it to its end and returns its output. Throws Error internal ("git_failed") with what git
// said.
std::string run_git(const ProcessOptions& options, std::string_view input = {},
                    std::chrono::milliseconds timeout = std::chrono::minutes(5));

[[noreturn]] void throw_git_failed(const ProcessOptions& options, std::string_view said);

// Text that people see and JSON carries: what is not UTF-8 becomes "?".
std::string readable(std::string_view text);

}  // namespace cloudbrain
