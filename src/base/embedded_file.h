// A file that travels inside the program: cmake/embed.cmake makes tables of them.
#pragma once

#include <string_view>

namespace cloudbrain {

struct EmbeddedFile {
  std::string_view path;  // "/assets/index-1a2b.js"
  std::string_view bytes;
};

}  // namespace cloudbrain
