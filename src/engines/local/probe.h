// What this machine can do for tasks, for `cloudbrain doctor`.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "engines/local/local_engine.h"

namespace cloudbrain {

enum class ProbeLevel {
  good,
  limited,  // tasks run, but with less than they should have
  missing,  // no task can run
};

struct ProbeFinding {
  // Stable: machine, accelerators, python, images, cgroups, seccomp, task user, sandbox.
  std::string name;
  ProbeLevel level = ProbeLevel::good;
  Text detail;
  Text mend;  // what to do; empty where nothing is
};

// Looks, and runs one trivial task through the real runner and sandbox in a folder of its own below
// `scratch`, which exists. Changes nothing that lasts, throws nothing that the machine could cause.
// Of `options` only `runner` and `sources` count; with the `state_directory` of a server that is
// used instead of making its files anew, which takes some 100 ms.
std::vector<ProbeFinding> probe_machine(const LocalOptions& options, const fs::path& scratch);

}  // namespace cloudbrain
