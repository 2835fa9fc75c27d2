// From a request of tus to an upload of the desk, and back to the headers of its answer.
#pragma once

#include <vector>

#include "api/intake/intake.h"
#include "api/operation.h"
#include "api/uploads/tus.h"
#include "api/views.h"

namespace cloudbrain::api {

inline constexpr std::string_view kUploadsPath = "/api/v2/uploads";

// Checks all that can be checked before a byte comes, and makes the upload: a whole one, a part, or
// one joined of parts. Content that the caller may read already is taken at once: such an upload is
// done. Throws Error.
store::Upload create_upload(const Call& call);

// The caller's own upload that the path names. Throws missing "upload_missing".
store::Upload upload_of(const Call& call);

// Where all bytes are here and nobody has taken them yet, gives them to their target. Throws what
// UploadDesk::end() throws.
void end_upload(const Services& services, store::Upload& upload);

// Upload-Offset, Upload-Length, Upload-Expires and Cache-Control.
void tell_progress(const Call& call, const store::Upload& upload, std::uint64_t offset,
                   http::Headers& headers);
UploadView view_of(const Call& call, const store::Upload& upload);

}  // namespace cloudbrain::api
