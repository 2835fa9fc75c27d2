#include "cli/net/path.h"

#include <fmt/format.h>

namespace cloudbrain::cli {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

Path& Path::add(std::string_view segment) {
  text_ += "/" + percent_encoded(segment);
  return *this;
}

Path& Path::add_each(std::string_view relative) {
  while (!relative.empty()) {
    const std::size_t slash = relative.find('/');
    add(relative.substr(0, slash));
    relative.remove_prefix(slash == std::string_view::npos ? relative.size() : slash + 1);
  }
  return *this;
}

Path& Path::query(std::string_view name, std::string_view value) {
  text_ +=
      fmt::format("{}{}={}", has_query_ ? "&" : "?", percent_encoded(name), percent_encoded(value));
  has_query_ = true;
  return *this;
}

}  // namespace cloudbrain::cli
