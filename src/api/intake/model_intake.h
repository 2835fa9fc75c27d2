// Uploaded bytes that become a file of a model's version.
#pragma once

#include "api/intake/intake.h"
#include "store/models/model_versions.h"

namespace cloudbrain::api {

// Throws invalid (a path that no file of a model has), missing "model_missing" and
// "version_missing", and what ModelVersions::need_free throws.
void check_model_target(const Services& services, const store::Project& project,
                        const UploadTarget& target, std::optional<std::uint64_t> size);

// Gives the version that has the file now.
ModelVersionId take_model_file(const Services& services, const store::Project& project, UserId user,
                               const UploadTarget& target, const Blob& blob);

}  // namespace cloudbrain::api
