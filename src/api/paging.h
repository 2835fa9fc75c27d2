// ?limit=&after= of lists (keyset, newest first).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/request.h"
#include "store/page.h"

namespace cloudbrain::api {

inline store::Page page_of(const http::Request& request) {
  store::Page page;
  page.after = request.query_number("after", 0, INT64_MAX).value_or(0);
  page.limit = static_cast<int>(request.query_number("limit", 1, 200).value_or(20));
  return page;
}

// The cursor for the page that follows; empty where this one was not full.
template <typename Row, typename IdOf>
std::optional<std::string> next_of(const std::vector<Row>& rows, const store::Page& page,
                                   IdOf id_of) {
  if (rows.size() < static_cast<std::size_t>(page.limit)) return std::nullopt;
  return std::to_string(id_of(rows.back()));
}

}  // namespace cloudbrain::api
