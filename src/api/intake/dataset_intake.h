// Uploaded bytes that become a file of a data set.
#pragma once

#include "api/intake/intake.h"
#include "store/datasets.h"

namespace cloudbrain::api {

// Throws invalid (a name that is no data set's) and conflict "dataset_name_in_use". A file of the
// same size under the same name passes: it may be the same one.
void check_dataset_target(const Services& services, const store::Project& project,
                          const UploadTarget& target, std::optional<std::uint64_t> size);

struct TakenDataset {
  store::Dataset row;
  bool is_new = false;  // false: it had these bytes already
};

TakenDataset take_dataset_file(const Services& services, const store::Project& project, UserId user,
                               const UploadTarget& target, const Blob& blob,
                               std::chrono::milliseconds patience);

}  // namespace cloudbrain::api
