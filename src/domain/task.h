// A task: one script run once with fixed inputs. Plain values; the rules are in the files beside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"

namespace cloudbrain {

enum class TaskKind { train, inference };
BOOST_DESCRIBE_ENUM(TaskKind, train, inference)

// The enumerators are the words of the API and the database. Transitions: state_machine.h.
enum class TaskState {
  PREPARING,  // code, data, image are being made ready
  WAITING,    // ready; no free resources yet
  RUNNING,
  STOPPING,  // a stop was asked for; the script has its grace period
  STOPPED,
  SUCCEEDED,
  FAILED,
  CREATED_FAILED,  // could not be made ready
};
BOOST_DESCRIBE_ENUM(TaskState, PREPARING, WAITING, RUNNING, STOPPING, STOPPED, SUCCEEDED, FAILED,
                    CREATED_FAILED)

// Why a task is in its state: a stable code, one sentence, and the next step where there is one.
struct Reason {
  std::string code;  // reasons.h lists them
  Text message;
  Text next;

  bool operator==(const Reason&) const = default;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (code, message, next))

// One run parameter of the form; becomes the argv entry --name=value.
struct Parameter {
  std::string name;
  std::string value;

  bool operator==(const Parameter&) const = default;
};
BOOST_DESCRIBE_STRUCT(Parameter, (), (name, value))

struct ModelChoice {
  std::string name;
  std::string version;  // V0001
  std::string file;     // relative to the version's folder; empty in a request: its only one

  bool operator==(const ModelChoice&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelChoice, (), (name, version, file))

// What a person fills in. This is also the body of POST …/tasks, and it is kept as it came, but for
// the model's file, which is named even where the person left it out.
struct TaskRequest {
  TaskKind kind = TaskKind::train;
  std::string cluster = "openi";
  std::string compute = "cpu";
  std::string name;
  std::string description;
  std::string branch = "main";
  std::string boot_file;
  std::string image = "host";
  std::optional<std::string> engine;  // AI engine of an NPU task; names a platform image
  std::optional<ModelChoice> model;
  std::vector<std::string> datasets;  // "faces": all its files; "faces/a.zip": one
  std::vector<Parameter> params;
  std::string spec;
  std::int64_t max_runtime_s = 86'400;

  static constexpr std::array<std::string_view, 3> kRequired{"name", "boot_file", "spec"};
  bool operator==(const TaskRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(TaskRequest, (),
                      (kind, cluster, compute, name, description, branch, boot_file, image, engine,
                       model, datasets, params, spec, max_runtime_s))

// A file of a data set as it was when the task was submitted.
struct DatasetInput {
  std::string name;    // dataset_file_path(): "MnistDataset_torch.zip", "faces/part1.zip"
  std::string folder;  // "MnistDataset_torch"; empty: a plain file, which lies beside the folders
  std::string sha256;  // of the uploaded bytes

  // Where it lies below the data set root.
  std::string place() const { return folder.empty() ? name.substr(name.rfind('/') + 1) : folder; }

  bool operator==(const DatasetInput&) const = default;
};
BOOST_DESCRIBE_STRUCT(DatasetInput, (), (name, folder, sha256))

// A row of the tasks table.
struct Task {
  TaskId id;
  ProjectId project;
  UserId creator;
  TaskRequest request;
  int version = 1;               // V0001; "modify" makes the next one of the same name
  std::optional<TaskId> parent;  // the version that was modified
  std::string commit;            // of the branch at submit time, 40 hex
  std::vector<DatasetInput> inputs;

  TaskState state = TaskState::PREPARING;
  std::optional<Reason> reason;
  std::optional<int> exit_code;
  int attempt = 0;            // starts on an engine so far; fences stale reports
  std::string handle;         // the engine's, opaque; empty before the first start
  std::int64_t revision = 0;  // grows with every change; guards updates
  int priority = 0;           // the administrator's: a higher one leaves the queue first

  TimePoint created_at;
  std::optional<TimePoint> ready_at;  // PREPARING was left
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> ended_at;

  bool operator==(const Task&) const = default;
};
BOOST_DESCRIBE_STRUCT(Task, (),
                      (id, project, creator, request, version, parent, commit, inputs, state,
                       reason, exit_code, attempt, handle, revision, priority, created_at, ready_at,
                       started_at, ended_at))

// "V0001" for 1.
std::string version_text(int version);
// 1 for "V0001"; nullopt for what version_text() never gives.
std::optional<int> parse_version(std::string_view text);

}  // namespace cloudbrain
