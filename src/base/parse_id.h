// An id as people, addresses and file names write it.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "base/ids.h"

namespace cloudbrain {

// Nullopt where the text is anything but a decimal number.
template <typename I>
std::optional<I> parse_id(std::string_view text) {
  I id;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id.value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace cloudbrain
