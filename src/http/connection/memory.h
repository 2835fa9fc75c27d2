// Giving memory back.
#pragma once

#include <string>

namespace cloudbrain::http {

// Frees what the string holds. Assigning an empty string keeps the memory.
inline void release_memory(std::string& text) {
  std::string().swap(text);
}

}  // namespace cloudbrain::http
