// The task folder: the protocol between server, engine and runner, as plain files.
// docs/formats/task-folder.md is the specification.
//
//   <root>/<task id>/
//     spec.json               what was submitted, frozen
//     code/  output/          what the script sees
//     attempts/<n>/
//       launch.json           the runner's orders (RunnerOrders)
//       pid                   the runner's process id, text; locked by the runner while it lives
//       log                   both streams, byte by byte, append only
//       usage                 one JSON object a line: Usage
//       exit                  ExitRecord; written last, by rename: who sees it sees the whole log
//       stop                  made by the server to ask for a stop; content: seconds of grace
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/files.h"
#include "base/ids.h"
#include "domain/launch.h"

namespace cloudbrain {

struct TaskFolder {
  fs::path path;

  fs::path spec() const { return path / "spec.json"; }
  fs::path code() const { return path / "code"; }
  fs::path output() const { return path / "output"; }
  fs::path attempt(int number) const { return path / "attempts" / std::to_string(number); }
  fs::path log(int number) const { return attempt(number) / "log"; }
  fs::path usage(int number) const { return attempt(number) / "usage"; }
  fs::path exit(int number) const { return attempt(number) / "exit"; }
};

inline TaskFolder task_folder(const fs::path& root, TaskId id) {
  return {root / std::to_string(id.value)};
}

// The root file system of a container: an image's tree, and over it a layer that takes what the
// script writes. The command puts it together in a mount namespace of its own, so that it goes with
// the last of its processes, whatever was killed before.
struct RootOrders {
  std::string lower;       // the image's tree, only read
  std::string upper;       // what the script writes; empty at first, its owner that of `lower`
  std::string work;        // overlayfs' own, empty, beside `upper`
  std::string place;       // an empty directory that everyone may enter: the bundle appears here
  std::string config;      // the bundle's config.json
  std::int64_t owner = 0;  // of the log's pipe: the script may open it anew
};
BOOST_DESCRIBE_STRUCT(RootOrders, (), (lower, upper, work, place, config, owner))

// launch.json: all the runner needs. The engine has already turned the launch into a command that
// ends in the runner itself: `bwrap … -- /proc/self/fd/6 --init … -- python3 /code/train.py …`.
struct RunnerOrders {
  int format = 1;
  std::int64_t task = 0;
  int attempt = 0;
  std::vector<std::string> command;                // started with no environment at all
  std::map<std::string, std::string> environment;  // of the script; nothing is inherited
  // Directories to make and to put the command in, one per cgroup hierarchy, absolute; their
  // parents exist. Empty: nothing can be limited here.
  std::vector<std::string> cgroups;
  Limits limits;
  std::string seccomp;               // file with the compiled filter (BPF); empty: none
  RootOrders root;                   // no `lower`: the command makes the root by itself
  std::string accelerator_type;      // what is reserved: for the engine, when it adopts the attempt
  std::vector<std::string> devices;  // names of accelerators that no other attempt may have
  // What the devices hierarchy of cgroup v1 lets it open, as its devices.allow is written
  // ("c 195:0 rw"); empty: not restricted.
  std::vector<std::string> device_rules;
  std::vector<std::string> writable;  // directories that count towards Limits::disk_bytes
};
BOOST_DESCRIBE_STRUCT(RunnerOrders, (),
                      (format, task, attempt, command, environment, cgroups, limits, seccomp, root,
                       accelerator_type, devices, device_rules, writable))

// Descriptors that the runner gives to the command.
inline constexpr int kInitDescriptor = 6;         // the runner's own program: started as --init
inline constexpr int kEnvironmentDescriptor = 7;  // the script's variables, "NAME=value\0" each
inline constexpr int kControlDescriptor = 8;      // to and from --init: runner/control.h
inline constexpr int kSeccompDescriptor = 9;      // RunnerOrders::seccomp, where there is one

// The exit file.
struct ExitRecord {
  int format = 1;
  std::string cause;  // enumerator of EndCause
  int exit_code = 0;
  int signal = 0;
  std::string detail;
  TimePoint started_at;
  TimePoint ended_at;
  std::int64_t peak_memory_bytes = 0;
  std::int64_t cpu_ms = 0;
};
BOOST_DESCRIBE_STRUCT(ExitRecord, (),
                      (format, cause, exit_code, signal, detail, started_at, ended_at,
                       peak_memory_bytes, cpu_ms))

// One sample of what a task uses.
struct Usage {
  TimePoint at;
  double cpus = 0;  // cores busy since the last sample
  std::int64_t memory_bytes = 0;
  std::int64_t processes = 0;
};
BOOST_DESCRIBE_STRUCT(Usage, (), (at, cpus, memory_bytes, processes))

}  // namespace cloudbrain
