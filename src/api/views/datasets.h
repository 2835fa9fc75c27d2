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
};
BOOST_DESCRIBE_STRUCT(DatasetView, (),
                      (id, name, folder, size, sha256, state, progress, failure, files, created_at))

struct DatasetList {
  std::vector<DatasetView> items;
};
BOOST_DESCRIBE_STRUCT(DatasetList, (), (items))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_DATASET_VIEWS(X) \
  X(DatasetView) X(DatasetList)
// clang-format on

}  // namespace cloudbrain::api
