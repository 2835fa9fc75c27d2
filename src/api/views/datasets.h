// Data sets. See api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

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
  bool public_ = false;  // other projects may link it
  bool linked = false;   // it belongs to another project
  std::string project;   // "owner/name" that it belongs to
};
BOOST_DESCRIBE_STRUCT(DatasetView, (),
                      (id, name, folder, size, sha256, state, progress, failure, files, created_at,
                       public_, linked, project))

struct DatasetChangeBody {
  std::optional<bool> public_;
};
BOOST_DESCRIBE_STRUCT(DatasetChangeBody, (), (public_))

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

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_DATASET_VIEWS(X) \
  X(DatasetView) X(DatasetChangeBody) X(DatasetLinkBody) X(DatasetList)
// clang-format on

}  // namespace cloudbrain::api
