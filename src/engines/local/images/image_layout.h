// An OCI image layout on disk: what the image in it is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/files.h"

namespace cloudbrain {

// The parts of an image's configuration that a task is started with.
struct ImageConfiguration {
  std::string digest;  // of the manifest
  std::string architecture;
  std::string os;
  std::string user;  // as written: "app", "1000:1000", ""
  std::vector<std::string> entrypoint;
  std::map<std::string, std::string> environment;
  std::string working_directory;
};

// Of the one image of a layout. Throws Error invalid ("image_broken") where it is not what the OCI
// image specification says.
ImageConfiguration read_layout(const fs::path& layout, const std::string& reference);

// Bytes and whole layers that have come so far.
struct LayoutSize {
  std::int64_t bytes = 0;
  std::int64_t blobs = 0;
};
LayoutSize size_of_layout(const fs::path& layout);

}  // namespace cloudbrain
