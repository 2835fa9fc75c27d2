// The bits of grammar that several headers share.
#pragma once

#include <string_view>

namespace cloudbrain::http {

// Without spaces and tabs at both ends (OWS of RFC 9110 section 5.6.3).
inline std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes what stands before the next `separator` off the front, trimmed; the separator goes too.
inline std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return trimmed(taken);
}

}  // namespace cloudbrain::http
