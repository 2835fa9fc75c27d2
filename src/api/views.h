// The bodies of the API, as plain structs. A member's name is its JSON name (less a trailing "_").
// The OpenAPI document is made from these structs, the console's types from that document, and the
// command line reads the same structs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "domain/spec.h"
#include "domain/task.h"

namespace cloudbrain::api {

// ---- people -------------------------------------------------------------------------------------

struct UserView {
  std::int64_t id = 0;
  std::string name;
  bool admin = false;
};
BOOST_DESCRIBE_STRUCT(UserView, (), (id, name, admin))

struct SignInBody {
  std::string name;
  std::string password;
  static constexpr std::array<std::string_view, 2> kRequired{"name", "password"};
};
BOOST_DESCRIBE_STRUCT(SignInBody, (), (name, password))

struct SessionView {
  std::string token;  // for scripts; a browser uses the cookie that comes with it
  UserView user;
  TimePoint expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionView, (), (token, user, expires_at))

struct TokenBody {
  std::string name;
  std::vector<std::string> scopes{"read", "write", "task"};  // read, write, task, admin
  std::optional<TimePoint> expires_at;
  static constexpr std::array<std::string_view, 1> kRequired{"name"};
};
BOOST_DESCRIBE_STRUCT(TokenBody, (), (name, scopes, expires_at))

struct NewTokenView {
  std::int64_t id = 0;
  std::string token;  // shown this once
};
BOOST_DESCRIBE_STRUCT(NewTokenView, (), (id, token))

struct TokenView {
  std::int64_t id = 0;
  std::string name;
  std::vector<std::string> scopes;
  TimePoint created_at;
  std::optional<TimePoint> expires_at;
  std::optional<TimePoint> last_used_at;
};
BOOST_DESCRIBE_STRUCT(TokenView, (), (id, name, scopes, created_at, expires_at, last_used_at))

// ---- projects and code --------------------------------------------------------------------------

struct ProjectBody {
  std::string name;
  std::string description;
  bool private_ = false;
  static constexpr std::array<std::string_view, 1> kRequired{"name"};
};
BOOST_DESCRIBE_STRUCT(ProjectBody, (), (name, description, private_))

struct ProjectView {
  std::int64_t id = 0;
  std::string owner;
  std::string name;
  std::string description;
  bool private_ = false;
  std::string clone_path;  // "/owner/name.git", below the server's own address
  TimePoint created_at;
};
BOOST_DESCRIBE_STRUCT(ProjectView, (),
                      (id, owner, name, description, private_, clone_path, created_at))

struct BranchView {
  std::string name;
  std::string commit;
  bool default_ = false;
};
BOOST_DESCRIBE_STRUCT(BranchView, (), (name, commit, default_))

struct TreeEntryView {
  std::string path;
  std::int64_t size = 0;
  bool dir = false;
};
BOOST_DESCRIBE_STRUCT(TreeEntryView, (), (path, size, dir))

struct FileChangeBody {
  std::string path;
  std::optional<std::string> content;         // UTF-8 text
  std::optional<std::string> content_base64;  // any bytes
  bool delete_ = false;
  static constexpr std::array<std::string_view, 1> kRequired{"path"};
};
BOOST_DESCRIBE_STRUCT(FileChangeBody, (), (path, content, content_base64, delete_))

struct CommitBody {
  std::string branch = "main";
  std::string message;
  std::vector<FileChangeBody> files;
  static constexpr std::array<std::string_view, 2> kRequired{"message", "files"};
};
BOOST_DESCRIBE_STRUCT(CommitBody, (), (branch, message, files))

struct CommitView {
  std::string commit;
};
BOOST_DESCRIBE_STRUCT(CommitView, (), (commit))

// ---- data sets ----------------------------------------------------------------------------------

struct DatasetView {
  std::int64_t id = 0;
  std::string name;    // "MnistDataset_torch.zip"
  std::string folder;  // where it appears in a task
  std::int64_t size = 0;
  std::string sha256;
  std::string state;  // waiting, unpacking, ready, failed
  int progress = 0;   // percent, while unpacking
  std::optional<std::string> failure;
  std::int64_t files = 0;
  TimePoint created_at;
};
BOOST_DESCRIBE_STRUCT(DatasetView, (),
                      (id, name, folder, size, sha256, state, progress, failure, files, created_at))

// ---- what a form can choose from ----------------------------------------------------------------

struct SpecView {
  std::string name;
  std::string text;  // "CPU: 1, 内存: 4GB, …" in the language of the request
  std::string compute;
  std::string accelerator_type;
  int accelerators = 0;
  int cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t shared_memory_bytes = 0;
  bool internet = false;
  bool free_now = false;                  // a task of this spec would start at once
  std::optional<std::string> impossible;  // why this machine can never run it
};
BOOST_DESCRIBE_STRUCT(SpecView, (),
                      (name, text, compute, accelerator_type, accelerators, cpus, memory_bytes,
                       shared_memory_bytes, internet, free_now, impossible))

struct ClusterView {
  std::string name;
  std::string title;
  std::string engine;
  std::string layout;
  std::vector<std::string> computes;
  int cpus_total = 0;
  int cpus_free = 0;
  std::int64_t memory_total = 0;
  std::int64_t memory_free = 0;
  std::int64_t waiting = 0;  // tasks in the queue
  std::int64_t running = 0;
};
BOOST_DESCRIBE_STRUCT(ClusterView, (),
                      (name, title, engine, layout, computes, cpus_total, cpus_free, memory_total,
                       memory_free, waiting, running))

struct ImageView {
  std::string name;
  std::string title;
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(ImageView, (), (name, title, tags))

// ---- tasks --------------------------------------------------------------------------------------

struct ReasonView {
  std::string code;
  std::string message;
  std::string next;  // may be empty
};
BOOST_DESCRIBE_STRUCT(ReasonView, (), (code, message, next))

struct TaskView {
  std::int64_t id = 0;
  std::string project;  // "owner/name"
  std::string name;
  std::string version;  // "V0001"
  TaskKind kind = TaskKind::train;
  TaskState state = TaskState::PREPARING;
  std::optional<ReasonView> reason;
  std::optional<int> exit_code;
  std::string creator;
  TimePoint created_at;
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> ended_at;
  int attempt = 0;
  std::optional<std::int64_t> parent;
  std::string commit;

  // The submit's fields, as given.
  std::string cluster;
  std::string compute;
  std::string description;
  std::string branch;
  std::string boot_file;
  std::string image;
  std::optional<std::string> engine;
  std::optional<ModelChoice> model;
  std::vector<std::string> datasets;
  std::vector<Parameter> params;
  std::string spec;
  std::int64_t max_runtime_s = 0;
};
BOOST_DESCRIBE_STRUCT(TaskView, (),
                      (id, project, name, version, kind, state, reason, exit_code, creator,
                       created_at, started_at, ended_at, attempt, parent, commit, cluster, compute,
                       description, branch, boot_file, image, engine, model, datasets, params, spec,
                       max_runtime_s))

// A row of a project's list: the newest version, and how many there are.
struct TaskRowView {
  TaskView task;
  int versions = 1;
};
BOOST_DESCRIBE_STRUCT(TaskRowView, (), (task, versions))

struct EventView {
  TimePoint at;
  std::string code;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(EventView, (), (at, code, message))

struct ExplainView {
  TaskState state = TaskState::PREPARING;
  std::optional<ReasonView> reason;
  std::optional<int> queue_position;  // 1: next
};
BOOST_DESCRIBE_STRUCT(ExplainView, (), (state, reason, queue_position))

struct UsageSampleView {
  TimePoint at;
  double cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t processes = 0;
};
BOOST_DESCRIBE_STRUCT(UsageSampleView, (), (at, cpus, memory_bytes, processes))

struct UsageView {
  std::vector<UsageSampleView> samples;
};
BOOST_DESCRIBE_STRUCT(UsageView, (), (samples))

// ---- log and results ----------------------------------------------------------------------------

struct LogInfoView {
  std::int64_t lines = 0;
  std::int64_t bytes = 0;
  bool complete = false;  // the task has ended: nothing will be added
};
BOOST_DESCRIBE_STRUCT(LogInfoView, (), (lines, bytes, complete))

struct LogLineView {
  std::int64_t number = 0;   // from 1
  std::int64_t offset = 0;   // byte offset of its start
  std::string text;          // last state of a line that was overwritten with \r; UTF-8 with U+FFFD
  std::int64_t updates = 0;  // how often it was overwritten
  bool cut = false;          // longer than 16 KiB
};
BOOST_DESCRIBE_STRUCT(LogLineView, (), (number, offset, text, updates, cut))

struct LogLinesView {
  std::int64_t from = 0;
  std::vector<LogLineView> lines;
};
BOOST_DESCRIBE_STRUCT(LogLinesView, (), (from, lines))

struct OutputEntryView {
  std::string path;  // relative to the results' root
  std::int64_t size = 0;
  TimePoint modified_at;
  bool dir = false;
};
BOOST_DESCRIBE_STRUCT(OutputEntryView, (), (path, size, modified_at, dir))

struct OutputView {
  std::vector<OutputEntryView> entries;
};
BOOST_DESCRIBE_STRUCT(OutputView, (), (entries))

// ---- shared -------------------------------------------------------------------------------------

// One page of a list, newest first. `next` goes into ?after= for the page that follows.
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;
};
// BOOST_DESCRIBE_STRUCT does not take templates; one line per list keeps the names readable.
struct ProjectPage : Page<ProjectView> {};
BOOST_DESCRIBE_STRUCT(ProjectPage, (), (items, next))
struct TaskPage : Page<TaskView> {};
BOOST_DESCRIBE_STRUCT(TaskPage, (), (items, next))
struct TaskRowPage : Page<TaskRowView> {};
BOOST_DESCRIBE_STRUCT(TaskRowPage, (), (items, next))

struct BranchList {
  std::vector<BranchView> items;
};
BOOST_DESCRIBE_STRUCT(BranchList, (), (items))
struct TreeList {
  std::vector<TreeEntryView> items;
};
BOOST_DESCRIBE_STRUCT(TreeList, (), (items))
struct DatasetList {
  std::vector<DatasetView> items;
};
BOOST_DESCRIBE_STRUCT(DatasetList, (), (items))
struct TokenList {
  std::vector<TokenView> items;
};
BOOST_DESCRIBE_STRUCT(TokenList, (), (items))
struct ClusterList {
  std::vector<ClusterView> items;
};
BOOST_DESCRIBE_STRUCT(ClusterList, (), (items))
struct SpecList {
  std::vector<SpecView> items;
};
BOOST_DESCRIBE_STRUCT(SpecList, (), (items))
struct ImageList {
  std::vector<ImageView> items;
};
BOOST_DESCRIBE_STRUCT(ImageList, (), (items))
struct EventList {
  std::vector<EventView> items;
};
BOOST_DESCRIBE_STRUCT(EventList, (), (items))

// Every struct above. Their conversions are slow to compile, so views.cpp has them once.
#define CLOUDBRAIN_API_VIEWS(X)                                                                   \
  X(UserView)                                                                                     \
  X(SignInBody)                                                                                   \
  X(SessionView) X(TokenBody) X(NewTokenView) X(TokenView) X(ProjectBody) X(ProjectView)          \
      X(BranchView) X(TreeEntryView) X(FileChangeBody) X(CommitBody) X(CommitView) X(DatasetView) \
          X(SpecView) X(ClusterView) X(ImageView) X(ReasonView) X(TaskView) X(TaskRowView)        \
              X(EventView) X(ExplainView) X(UsageSampleView) X(UsageView) X(LogInfoView)          \
                  X(LogLineView) X(LogLinesView) X(OutputEntryView) X(OutputView) X(ProjectPage)  \
                      X(TaskPage) X(TaskRowPage) X(BranchList) X(TreeList) X(DatasetList)         \
                          X(TokenList) X(ClusterList) X(SpecList) X(ImageList) X(EventList)

}  // namespace cloudbrain::api

namespace cloudbrain {

#define CLOUDBRAIN_EXTERN_JSON(View)                          \
  extern template json::value to_json(const api::View& view); \
  extern template api::View from_json<api::View>(const json::value& value, UnknownMembers unknown);
CLOUDBRAIN_API_VIEWS(CLOUDBRAIN_EXTERN_JSON)
#undef CLOUDBRAIN_EXTERN_JSON

}  // namespace cloudbrain
