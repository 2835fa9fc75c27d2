// Numbers and times as people write them, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace cloudbrain::cli {

std::string size_text(std::int64_t bytes);  // "812 B", "3.4 MiB"
// "32GB", "512MB", of 1024 each, as specs are written; nullopt for anything else.
std::optional<std::int64_t> parse_size(std::string_view text);
std::string duration_text(std::int64_t seconds);  // "45s", "2m 05s", "1h", "3d 04h"
std::string time_text(TimePoint time);            // "2026-01-31 08:00:00", local time

// "1 file", "2 files": English words that take an s.
std::string counted(std::size_t count, std::string_view one);

// "90", "90s", "30m", "2h", "1d", "1h30m" in seconds; nullopt for anything else, 0 and what is more
// than 100 years.
std::optional<std::int64_t> parse_duration(std::string_view text);

}  // namespace cloudbrain::cli
