// The tables that the build makes from console/dist and examples/ (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace cloudbrain::api {

struct EmbeddedFile {
  std::string_view path;  // "/assets/index-1a2b.js"
  std::string_view bytes;
};

// Empty where the console was not built.
std::span<const EmbeddedFile> embedded_console();
// "/mnist-gpu/train.py", …
std::span<const EmbeddedFile> embedded_examples();

}  // namespace cloudbrain::api
