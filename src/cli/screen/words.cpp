#include "cli/screen/words.h"

#include <array>
#include <charconv>
#include <ctime>

#include <fmt/format.h>

namespace cloudbrain::cli {

namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kLongest = 36'500 * kDay;

// Seconds of a unit; 0 for what is none.
std::int64_t unit_seconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return kMinute;
    case 'h':
      return kHour;
    case 'd':
      return kDay;
    default:
      return 0;
  }
}

}  // namespace

std::string size_text(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be written as 1024.0.
  while (amount >= 1023.95 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t amount = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), amount);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const unsigned shift = unit == "GB" ? 30U : 20U;
  if (problem != std::errc{} || (unit != "GB" && unit != "MB") || amount < 0 ||
      amount > (INT64_MAX >> shift))
    return std::nullopt;
  return amount << shift;
}

std::string duration_text(std::int64_t seconds) {
  if (seconds < kMinute) return fmt::format("{}s", std::max<std::int64_t>(seconds, 0));
  const auto two = [](std::int64_t large, char unit, std::int64_t small, char small_unit) {
    return small == 0 ? fmt::format("{}{}", large, unit)
                      : fmt::format("{}{} {:02}{}", large, unit, small, small_unit);
  };
  if (seconds < kHour) return two(seconds / kMinute, 'm', seconds % kMinute, 's');
  if (seconds < kDay) return two(seconds / kHour, 'h', seconds % kHour / kMinute, 'm');
  return two(seconds / kDay, 'd', seconds % kDay / kHour, 'h');
}

std::string counted(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string time_text(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return std::string(text.data(), length);
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::int64_t amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc() || amount < 0 || amount > kLongest) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    // "1h30" could mean two things: a number alone is seconds only where it is all there is.
    if (text.empty() && total > 0) return std::nullopt;
    const std::int64_t unit = text.empty() ? 1 : unit_seconds(text.front());
    if (unit == 0 || amount > kLongest / unit) return std::nullopt;
    if (!text.empty()) text.remove_prefix(1);
    total += amount * unit;
    if (total > kLongest) return std::nullopt;
  }
  return total > 0 ? std::optional(total) : std::nullopt;
}

}  // namespace cloudbrain::cli
