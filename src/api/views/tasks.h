// Tasks. See api/views.h.
#pragma once

#include "api/views/page.h"
#include "domain/task.h"

namespace cloudbrain::api {

struct ReasonView {
  std::string code;
  std::string message;
  std::string next;  // may be empty
};
BOOST_DESCRIBE_STRUCT(ReasonView, (), (code, message, next))

// A model's version that was made from the task's results.
struct MadeModelView {
  std::string model;
  std::string version;  // "V0001"
};
BOOST_DESCRIBE_STRUCT(MadeModelView, (), (model, version))

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
  int priority = 0;  // the administrator's
  std::optional<std::int64_t> parent;
  std::string commit;
  std::vector<MadeModelView> models;  // of one task; lists and streams leave it empty

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
                       created_at, started_at, ended_at, attempt, priority, parent, commit, models,
                       cluster, compute, description, branch, boot_file, image, engine, model,
                       datasets, params, spec, max_runtime_s))

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

// What a waiting task asks for and is not free.
struct ShortageView {
  std::string resource;  // "cpu" (cores), "memory" (bytes), or the accelerator's type
  double wanted = 0;
  double free = 0;
};
BOOST_DESCRIBE_STRUCT(ShortageView, (), (resource, wanted, free))

// A running task whose end makes room.
struct HolderView {
  std::int64_t id = 0;
  std::string name;
  std::string version;  // "V0001"
  TaskKind kind = TaskKind::train;
  std::string project;  // "owner/name"
  std::string creator;
  TimePoint ends_by;  // at the latest
};
BOOST_DESCRIBE_STRUCT(HolderView, (), (id, name, version, kind, project, creator, ends_by))

struct ExplainView {
  TaskState state = TaskState::PREPARING;
  std::optional<ReasonView> reason;
  // Of a task that waits.
  std::optional<int> queue_position;   // 1: next
  std::vector<ShortageView> short_of;  // empty: it is free, but kept for those before it
  std::vector<HolderView> waits_for;   // soonest end first, as far as the caller may see them
  std::int64_t hidden = 0;             // more of them
  std::optional<TimePoint> starts_by;  // at the latest; absent where that can't be told
  std::vector<std::string> startable;  // specs with which it would start now
};
BOOST_DESCRIBE_STRUCT(ExplainView, (),
                      (state, reason, queue_position, short_of, waits_for, hidden, starts_by,
                       startable))

struct PriorityBody {
  int priority = 0;  // -1000 to 1000; a higher one leaves the queue first
  static constexpr std::array<std::string_view, 1> kRequired{"priority"};
};
BOOST_DESCRIBE_STRUCT(PriorityBody, (), (priority))

// The queue as the administrator sees it, first first.
struct QueuedTaskView {
  int position = 1;
  std::string engine;
  TaskView task;
};
BOOST_DESCRIBE_STRUCT(QueuedTaskView, (), (position, engine, task))

struct QueueListView {
  std::vector<QueuedTaskView> items;  // at most 200 of each engine
  std::int64_t waiting = 0;           // all of them
};
BOOST_DESCRIBE_STRUCT(QueueListView, (), (items, waiting))

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

struct ParentView {
  std::int64_t id = 0;
  std::string version;
};
BOOST_DESCRIBE_STRUCT(ParentView, (), (id, version))

struct DifferenceView {
  std::string field;                  // "spec", "datasets", "params.lr"
  std::optional<std::string> before;  // empty: was not there
  std::optional<std::string> after;   // empty: is not there any more
};
BOOST_DESCRIBE_STRUCT(DifferenceView, (), (field, before, after))

struct CommitChangeView {
  std::string before;
  std::string after;
};
BOOST_DESCRIBE_STRUCT(CommitChangeView, (), (before, after))

// What a version changed of the one it was made from. Without parent: it is a first version, or
// the parent was deleted.
struct DifferencesView {
  std::optional<ParentView> parent;
  std::vector<DifferenceView> fields;
  std::optional<CommitChangeView> commit;  // empty: the same
};
BOOST_DESCRIBE_STRUCT(DifferencesView, (), (parent, fields, commit))

struct TaskPage : Page<TaskView> {};
BOOST_DESCRIBE_STRUCT(TaskPage, (), (items, next))

struct TaskRowPage : Page<TaskRowView> {};
BOOST_DESCRIBE_STRUCT(TaskRowPage, (), (items, next))

struct EventList {
  std::vector<EventView> items;
};
BOOST_DESCRIBE_STRUCT(EventList, (), (items))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_TASK_VIEWS(X) \
  X(ReasonView) X(TaskView) X(TaskRowView) X(EventView) X(ExplainView) X(UsageSampleView) \
  X(MadeModelView) X(ParentView) X(DifferenceView) X(CommitChangeView) X(DifferencesView) \
  X(UsageView) X(TaskPage) X(TaskRowPage) X(EventList)
// clang-format on

}  // namespace cloudbrain::api
