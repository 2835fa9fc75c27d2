// Addresses of the API, each part percent-encoded once (RFC 3986 section 2.1).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace cloudbrain::cli {

// All but the unreserved characters [A-Za-z0-9._~-] become %XX.
std::string percent_encoded(std::string_view text);

// "/api/v2/…". A segment holds anything, slashes too: they become %2F.
class Path {
 public:
  Path(std::initializer_list<std::string_view> segments) {
    for (const std::string_view segment : segments) add(segment);
  }

  Path& add(std::string_view segment);
  // "a/b/c" as three segments; nothing for "".
  Path& add_each(std::string_view relative);
  Path& query(std::string_view name, std::string_view value);

  const std::string& text() const { return text_; }

 private:
  std::string text_ = "/api/v2";
  bool has_query_ = false;
};

}  // namespace cloudbrain::cli
