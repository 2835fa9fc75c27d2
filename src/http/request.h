// What a client asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/headers.h"

namespace cloudbrain::http {

// A plain value: a test makes one by hand. Everything from the target is percent-decoded exactly
// once and is valid UTF-8 without NUL; the path has no "." or ".." component. What does not fit is
// answered with 400 before any handler runs.
struct Request {
  using Pair = std::pair<std::string, std::string>;

  std::string method;              // as sent: methods are case-sensitive (RFC 9110 section 9.1)
  std::string path;                // "/api/v2/tasks/7", decoded, always with a leading slash
  std::vector<Pair> query_values;  // in order; "+" became a space
  Headers headers;
  // Content-Length, checked: empty where the body is chunked or there is none.
  std::optional<std::uint64_t> content_length;
  std::vector<Pair> args;  // captured by the route's pattern
  std::string body;        // whole; empty for a streaming route
  std::string peer;        // address without port; the client's own behind a trusted proxy
  std::string id;          // names this request in the log and in problem+json

  // A captured argument. Throws Error internal where the pattern has no such capture. One that does
  // not span slashes may still hold one: the client wrote %2F (a branch "feature/x").
  const std::string& arg(std::string_view name) const;

  // The first value of that name in the query; "?flag" gives "".
  std::optional<std::string_view> query(std::string_view name) const;
  std::vector<std::string_view> query_all(std::string_view name) const;

  // Throws Error invalid, naming the field, where the value is no whole number from least to most.
  std::optional<std::int64_t> query_number(std::string_view name, std::int64_t least,
                                           std::int64_t most) const;

  // The first header of that name.
  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
  std::optional<std::string_view> cookie(std::string_view name) const;

  // The cookie `lang` decides (zh…, en…); without it Accept-Language with its weights (RFC 9110
  // section 12.5.4); without that, English.
  bool wants_chinese() const;
};

}  // namespace cloudbrain::http
