// Models and their versions. See api/views.h.
#pragma once

#include <map>

#include "api/views/page.h"
#include "domain/task.h"

namespace cloudbrain::api {

struct ModelView {
  std::int64_t id = 0;
  std::string name;
  std::string project;  // "owner/name"
  std::string description;
  std::string framework;
  bool public_ = false;  // seen by who is no member, while its project is public
  TimePoint created_at;
  std::string created_by;
  int versions = 0;                   // how many
  std::optional<std::string> latest;  // "V0003"
};
BOOST_DESCRIBE_STRUCT(ModelView, (),
                      (id, name, project, description, framework, public_, created_at, created_by,
                       versions, latest))

struct ModelPage : Page<ModelView> {};
BOOST_DESCRIBE_STRUCT(ModelPage, (), (items, next))

struct ModelBody {
  std::string name;
  std::string description;
  std::string framework;
  bool public_ = false;
  static constexpr std::array<std::string_view, 1> kRequired{"name"};
};
BOOST_DESCRIBE_STRUCT(ModelBody, (), (name, description, framework, public_))

struct ModelChangeBody {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::string> framework;
  std::optional<bool> public_;
};
BOOST_DESCRIBE_STRUCT(ModelChangeBody, (), (name, description, framework, public_))

// With a task: made from `paths` of its results, files or folders; absent: from all of them.
// Without: an empty version that uploads fill.
struct ModelVersionBody {
  std::optional<std::int64_t> task;
  std::optional<std::vector<std::string>> paths;
  std::string notes;
  std::map<std::string, double> metrics;
};
BOOST_DESCRIBE_STRUCT(ModelVersionBody, (), (task, paths, notes, metrics))

struct ModelVersionChangeBody {
  std::optional<std::string> notes;
  std::optional<std::map<std::string, double>> metrics;  // in place of all there were
};
BOOST_DESCRIBE_STRUCT(ModelVersionChangeBody, (), (notes, metrics))

struct ModelFileView {
  std::string path;
  std::int64_t size = 0;
  std::string sha256;  // empty while importing
};
BOOST_DESCRIBE_STRUCT(ModelFileView, (), (path, size, sha256))

struct ModelTaskView {
  std::optional<std::int64_t> id;  // empty: it was deleted
  std::string name;
  std::string version;
  TaskKind kind = TaskKind::train;
};
BOOST_DESCRIBE_STRUCT(ModelTaskView, (), (id, name, version, kind))

struct ModelDatasetView {
  std::string name;
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(ModelDatasetView, (), (name, sha256))

// Where a version came from, as it was then. Empty for what was uploaded.
struct ModelLineageView {
  std::optional<ModelTaskView> task;
  std::optional<std::string> commit;
  std::optional<std::string> branch;
  std::optional<std::string> boot_file;
  std::vector<ModelDatasetView> datasets;
  std::vector<Parameter> params;
  std::optional<ModelChoice> parent_model;  // what the task itself began with
};
BOOST_DESCRIBE_STRUCT(ModelLineageView, (),
                      (task, commit, branch, boot_file, datasets, params, parent_model))

struct ModelUseView {
  std::int64_t id = 0;
  std::string name;
  std::string version;
  TaskKind kind = TaskKind::train;
  TaskState state = TaskState::PREPARING;
};
BOOST_DESCRIBE_STRUCT(ModelUseView, (), (id, name, version, kind, state))

struct ModelVersionView {
  std::int64_t id = 0;
  std::string version;  // "V0001"
  std::string state;    // importing, ready, failed
  std::optional<std::string> failure;
  std::int64_t size = 0;
  std::string notes;
  std::map<std::string, double> metrics;
  TimePoint created_at;
  std::string created_by;
  std::vector<ModelFileView> files;
  ModelLineageView lineage;
  std::vector<ModelUseView> used_by;  // the newest 100
};
BOOST_DESCRIBE_STRUCT(ModelVersionView, (),
                      (id, version, state, failure, size, notes, metrics, created_at, created_by,
                       files, lineage, used_by))

// A row of the list: without what only one version's page needs.
struct ModelVersionRowView {
  std::int64_t id = 0;
  std::string version;
  std::string state;
  std::optional<std::string> failure;
  std::int64_t size = 0;
  std::string notes;
  std::map<std::string, double> metrics;
  TimePoint created_at;
  std::string created_by;
  std::optional<ModelTaskView> task;
};
BOOST_DESCRIBE_STRUCT(ModelVersionRowView, (),
                      (id, version, state, failure, size, notes, metrics, created_at, created_by,
                       task))

struct ModelVersionPage : Page<ModelVersionRowView> {};
BOOST_DESCRIBE_STRUCT(ModelVersionPage, (), (items, next))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_MODEL_VIEWS(X) \
  X(ModelView) X(ModelPage) X(ModelBody) X(ModelChangeBody) X(ModelVersionBody) \
  X(ModelVersionChangeBody) X(ModelFileView) X(ModelTaskView) X(ModelDatasetView) \
  X(ModelLineageView) X(ModelUseView) X(ModelVersionView) X(ModelVersionRowView) X(ModelVersionPage)
// clang-format on

}  // namespace cloudbrain::api
