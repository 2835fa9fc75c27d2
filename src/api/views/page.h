// One page of a list, and what all the API's structs need.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/json.h"

namespace cloudbrain::api {

// One page of a list, newest first. `next` goes into ?after= for the page that follows.
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;
};
// BOOST_DESCRIBE_STRUCT does not take templates: a line per list.

}  // namespace cloudbrain::api
