// A git process that may take long: watched while it runs, ended with all its children.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/process.h"

namespace cloudbrain {

// What ended a run before its time.
enum class RunEnd { by_itself, stopped, silent };

struct WatchedRun {
  RunEnd end = RunEnd::by_itself;
  ExitStatus status;
  std::string output;  // the first 64 KiB
  std::string error;   // the last 64 KiB
};

// Runs `options` to its end. `look` is called some times a second with the newest line of standard
// error; true ends the run. Nothing heard from it for `silence` ends it too.
WatchedRun run_watched_git(ProcessOptions options, std::chrono::seconds silence,
                           const std::function<bool(std::string_view line)>& look);

}  // namespace cloudbrain
