// An archive of an image that streams in: `docker save`, `podman save`, an OCI archive.
#pragma once

#include <memory>

#include "api/operation.h"

namespace cloudbrain::api {

// Becomes the image {image} of the catalogue, a new one or in place of what that was; the answer
// is its view, while it is still being unpacked.
std::unique_ptr<http::Sink> receive_image_archive(Call& call);

}  // namespace cloudbrain::api
