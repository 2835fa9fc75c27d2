// For the store's own .cpp files: a person's words in a LIKE condition.
#pragma once

#include <string>
#include <string_view>

namespace cloudbrain::store {

// What contains `text`, with `LIKE :pattern ESCAPE '\'`. Not every database folds upper case there:
// compare lower(column) with a text in lower case.
inline std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace cloudbrain::store
