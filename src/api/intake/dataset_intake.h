// Uploaded bytes that become a file of a data set.
#pragma once

#include "api/intake/intake.h"
#include "store/datasets/dataset_files.h"

namespace cloudbrain::api {

// Throws invalid (a name that no data set or file can have) and conflict "dataset_name_in_use". A
// file of the same size under the same name passes: it may be the same one.
void check_dataset_target(const Services& services, const store::Project& project,
                          const UploadTarget& target, std::optional<std::uint64_t> size);

// What DatasetShelf::take() does and throws.
store::DatasetFiles::Added take_dataset_file(const Services& services,
                                             const store::Project& project, UserId user,
                                             const UploadTarget& target, const Blob& blob,
                                             std::chrono::milliseconds patience);

}  // namespace cloudbrain::api
