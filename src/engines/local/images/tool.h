// Running skopeo and umoci: watched while they work, and unable to write anywhere but where they
// are told to.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/process.h"

namespace cloudbrain {

struct ToolRun {
  std::vector<std::string> argv;
  fs::path writable;  // the one directory that it may write to
  fs::path hidden;    // the data directory; `writable` may lie inside
  bool network = false;
  bool unpacks = false;  // may give files away and make device nodes
};

// Called about five times a second; false ends the program.
using GoOn = std::function<bool()>;

// Throws Error conflict ("image_stopped") where `go_on` ended it, unavailable ("images_missing")
// where the program is not installed.
ProcessResult run_tool(const ToolRun& run, const GoOn& go_on);

// The last line of what a program has to say, without the prefix of its log.
std::string last_words(const std::string& output);

}  // namespace cloudbrain
