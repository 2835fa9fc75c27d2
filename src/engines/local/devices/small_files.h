// Small texts of /proc and /sys, read without complaint.
#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace cloudbrain {

// Empty where it is missing or not for us.
std::string small_file(const fs::path& path);

// The text after `label` on its line.
std::string field(std::string_view text, std::string_view label);

// Sorted by name; empty where there is no such directory.
std::vector<fs::path> sorted_entries(const fs::path& directory);

// Nodes of /dev called <prefix><number>, by number.
std::map<int, std::string> numbered_nodes(const fs::path& root, std::string_view prefix);

// The number that `text` begins with.
template <typename T = std::int64_t>
std::optional<T> number(std::string_view text, int base = 10) {
  T value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return result.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

}  // namespace cloudbrain
