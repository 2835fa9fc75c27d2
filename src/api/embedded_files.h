// The table that the build makes from console/dist (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace cloudbrain::api {

struct EmbeddedFile {
  std::string_view path;  // "/assets/index-1a2b.js"
  std::string_view bytes;
};

// Empty where the console was not built.
std::span<const EmbeddedFile> embedded_files();

}  // namespace cloudbrain::api
