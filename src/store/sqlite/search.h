// What people type into a search box, for LIKE. For the store's own .cpp files.
#pragma once

#include <string>
#include <string_view>

namespace cloudbrain::store {

// Matches text that contains `text`, whose %, _ and \ stand for themselves: … LIKE :x ESCAPE '\'.
// In lower case on both sides, since not every database folds case in LIKE.
inline std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace cloudbrain::store
