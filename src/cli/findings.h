// What a look at the machine found, for `doctor`.
#pragma once

#include <string>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/error.h"
#include "cli/screen/terminal.h"

namespace cloudbrain::cli {

enum class Verdict { ok, warn, fail };
BOOST_DESCRIBE_ENUM(Verdict, ok, warn, fail)

struct Finding {
  std::string name;  // "cgroups"
  Verdict verdict = Verdict::ok;
  Text detail;  // "v1 and v2 mixed: CPU, memory and processes can be limited"
  Text mend;    // what to do; empty where nothing is
};

// One line each, what to do below it, and a summary; with --json {"findings":[…]}. Gives the exit
// code: 1 where something failed, else 0.
int print_findings(Terminal& terminal, const std::vector<Finding>& findings);

}  // namespace cloudbrain::cli
