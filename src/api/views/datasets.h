// Data sets and their files. See api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

struct DatasetFileView {
  std::string name;    // "part1.zip"
  std::string folder;  // where an archive appears in a task; empty: a plain file, as itself
  std::string kind;    // archive, plain
  std::int64_t size = 0;
  std::string sha256;
  std::string state;  // waiting, unpacking, ready, failed
  int progress = 0;   // percent, while unpacking
  std::optional<std::string> failure;
  std::optional<std::string> next;  // what to do about it
  std::int64_t entries = 0;         // files in it, once it is ready
  TimePoint created_at;
};
BOOST_DESCRIBE_STRUCT(DatasetFileView, (),
                      (name, folder, kind, size, sha256, state, progress, failure, next, entries,
                       created_at))

struct DatasetView {
  std::int64_t id = 0;
  std::string name;  // "faces", "MnistDataset_torch.zip"
  std::string description;
  bool public_ = false;  // others may see it, and link it
  bool linked = false;   // it belongs to another project
  std::string project;   // "owner/name" that it belongs to
  TimePoint created_at;
  std::string created_by;
  std::int64_t size = 0;  // of all files, as uploaded
  std::string state;      // of its files, the worst: failed, unpacking, waiting, ready
  std::vector<DatasetFileView> files;
};
BOOST_DESCRIBE_STRUCT(DatasetView, (),
                      (id, name, description, public_, linked, project, created_at, created_by,
                       size, state, files))

struct DatasetBody {
  std::string name;
  std::string description;
  bool public_ = false;
  static constexpr std::array<std::string_view, 1> kRequired{"name"};
};
BOOST_DESCRIBE_STRUCT(DatasetBody, (), (name, description, public_))

struct DatasetChangeBody {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<bool> public_;
};
BOOST_DESCRIBE_STRUCT(DatasetChangeBody, (), (name, description, public_))

// A public data set of another project.
struct DatasetLinkBody {
  std::string project;  // "owner/name"
  std::string name;
  static constexpr std::array<std::string_view, 2> kRequired{"project", "name"};
};
BOOST_DESCRIBE_STRUCT(DatasetLinkBody, (), (project, name))

struct DatasetList {
  std::vector<DatasetView> items;
};
BOOST_DESCRIBE_STRUCT(DatasetList, (), (items))

// As strangers find it.
struct PublicDatasetView {
  std::int64_t id = 0;
  std::string name;
  std::string project;  // "owner/name"
  std::string description;
  TimePoint created_at;
  std::string created_by;
  std::int64_t files = 0;
  std::int64_t size = 0;
  std::int64_t links = 0;  // projects that link it
  std::int64_t tasks = 0;  // that were submitted with it
};
BOOST_DESCRIBE_STRUCT(PublicDatasetView, (),
                      (id, name, project, description, created_at, created_by, files, size, links,
                       tasks))

struct PublicDatasetPage {
  std::vector<PublicDatasetView> items;
  std::optional<std::string> next;  // for ?after=
};
BOOST_DESCRIBE_STRUCT(PublicDatasetPage, (), (items, next))

struct DatasetTaskView {
  std::int64_t id = 0;
  std::string name;
  std::string version;  // "V0001"
  std::string state;
  std::string project;  // "owner/name"
};
BOOST_DESCRIBE_STRUCT(DatasetTaskView, (), (id, name, version, state, project))

// Who uses a data set, as far as the caller may see them.
struct DatasetUsesView {
  std::vector<std::string> projects;   // "owner/name" that link it
  std::vector<DatasetTaskView> tasks;  // the newest, at most 200
  std::int64_t hidden = 0;             // projects and tasks that the caller may not see
};
BOOST_DESCRIBE_STRUCT(DatasetUsesView, (), (projects, tasks, hidden))

struct DatasetEntryView {
  std::string path;  // in the unpacked tree
  std::string name;
  bool dir = false;
  std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(DatasetEntryView, (), (path, name, dir, size))

struct DatasetTreeView {
  std::vector<DatasetEntryView> entries;  // by name
  std::optional<std::string> next;        // for ?after=
};
BOOST_DESCRIBE_STRUCT(DatasetTreeView, (), (entries, next))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_DATASET_VIEWS(X) \
  X(DatasetFileView) X(DatasetView) X(DatasetBody) X(DatasetChangeBody) X(DatasetLinkBody) \
  X(DatasetList) X(PublicDatasetView) X(PublicDatasetPage) X(DatasetTaskView) \
  X(DatasetUsesView) X(DatasetEntryView) X(DatasetTreeView)
// clang-format on

}  // namespace cloudbrain::api
