// What an engine is asked to run, and what the runner is told: launch.json of the task folder
// (docs/formats/task-folder.md). The runner links this header; keep it free of anything heavy.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/ids.h"

namespace cloudbrain {

// A host file or directory that the script sees at `target`.
struct Mount {
  std::string source;  // absolute host path
  std::string target;  // absolute path inside
  bool read_only = true;

  bool operator==(const Mount&) const = default;
};
BOOST_DESCRIBE_STRUCT(Mount, (), (source, target, read_only))

struct Limits {
  double cpus = 1;
  std::int64_t memory_bytes = 0;         // 0: unlimited
  std::int64_t shared_memory_bytes = 0;  // size of /dev/shm
  std::int64_t pids = 4096;
  std::int64_t max_runtime_s = 0;  // 0: unlimited
  std::int64_t log_bytes = 0;      // 0: unlimited; what comes after is dropped, with a note
  // Of all writable mounts together, and of any one file; 0: unlimited.
  std::int64_t disk_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(Limits, (),
                      (cpus, memory_bytes, shared_memory_bytes, pids, max_runtime_s, log_bytes,
                       disk_bytes))

// One attempt of one task, in words that know no user and no project.
struct Launch {
  int format = 1;
  TaskId task;
  int attempt = 1;
  std::vector<std::string> argv;  // python3 /code/train.py --batch_size=128 …
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> image_environment;  // the image's own, beneath `environment`
  std::string working_directory;                         // inside
  std::string root = "host";  // "host", or the absolute path of an unpacked image
  // Who the script is inside an unpacked image; of the host image the engine decides.
  int user = 0;
  int group = 0;
  std::string home;
  std::vector<Mount> mounts;  // in order: a later one may lie inside an earlier one
  bool network = true;
  std::string accelerator_type;  // what must be reserved; empty: none
  int accelerators = 0;
  Limits limits;
};
BOOST_DESCRIBE_STRUCT(Launch, (),
                      (format, task, attempt, argv, environment, image_environment,
                       working_directory, root, user, group, home, mounts, network,
                       accelerator_type, accelerators, limits))

}  // namespace cloudbrain
