// From an OCI image layout to the tree that tasks run on.
#pragma once

#include "domain/image.h"
#include "engines/local/images/image_layout.h"
#include "engines/local/images/tool.h"
#include "engines/local/task_user.h"

namespace cloudbrain {

// Unpacks the layout into `tree` (umoci, which keeps whiteouts and links inside), gives every file
// the owner that it has in a container (outer_id), and takes the device nodes away. Says what the
// image is; `digest` and `reference` are the caller's. Throws Error invalid ("image_broken").
UnpackedImage unpack_image(const fs::path& layout, const ImageConfiguration& configuration,
                           const fs::path& tree, const fs::path& hidden, const TaskUser& user,
                           const std::string& reference, const GoOn& go_on);

// Who the image says that its program runs as ("USER" of a Dockerfile), from the image's own
// passwd and group. Throws as above where there is no such user.
struct ImageUser {
  int user = 0;
  int group = 0;
  std::string home = "/root";
};
ImageUser find_image_user(const fs::path& tree, const std::string& written,
                          const std::string& reference);

}  // namespace cloudbrain
