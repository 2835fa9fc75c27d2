// The bytes of one request on their way into an upload.
#pragma once

#include <memory>

#include "api/operation.h"
#include "api/uploads/tus.h"

namespace cloudbrain::api {

// Appends the body to the upload from `offset` on; its end is the end of the upload where these
// were the last bytes. Throws Error before a byte is read where it may not. `status`: of the
// answer.
std::unique_ptr<http::Sink> append_body(const Call& call, store::Upload upload,
                                        std::uint64_t offset, int status);

// Reads a body that nobody needs, and answers this.
std::unique_ptr<http::Sink> answer_after_body(http::Response response);

}  // namespace cloudbrain::api
