// What a command is given of the world around it: three descriptors and the variables. Commands
// touch no others, so that a test runs any of them in its own process.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/files.h"

namespace cloudbrain::cli {

// A plain value; the descriptors are not owned.
struct Surroundings {
  int in = 0;
  int out = 1;
  int err = 2;
  std::map<std::string, std::string, std::less<>> environment;

  static Surroundings of_this_process();

  // Empty where the variable is not set.
  std::string_view variable(std::string_view name) const;
  // ~/.config/cloudbrain, or its place below XDG_CONFIG_HOME (XDG Base Directory Specification:
  // a relative value is ignored).
  fs::path configuration_folder() const;
};

}  // namespace cloudbrain::cli
