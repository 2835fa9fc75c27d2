// The tables that the build makes from console/dist and examples/ (cmake/embed.cmake).
#pragma once

#include <span>

#include "base/embedded_file.h"

namespace cloudbrain {

// Empty where the console was not built.
std::span<const EmbeddedFile> embedded_console();
// "/mnist-gpu/train.py", …
std::span<const EmbeddedFile> embedded_examples();

}  // namespace cloudbrain
