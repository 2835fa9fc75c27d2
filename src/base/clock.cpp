#include "base/clock.h"

#include <ctime>

#include <fmt/format.h>

namespace cloudbrain {

std::string to_rfc3339(TimePoint time) {
  using std::chrono::days, std::chrono::floor;
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<TimePoint> parse_rfc3339(std::string_view text) {
  constexpr std::size_t kSecondsLength = std::string_view("2026-01-31T08:00:00").size();
  if (text.size() <= kSecondsLength || text.back() != 'Z') return std::nullopt;
  const std::string seconds(text.substr(0, kSecondsLength));
  std::tm parts{};
  const char* rest = strptime(seconds.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  const TimePoint whole{std::chrono::seconds{timegm(&parts)}};
  // strptime lets a 31st of February and missing zeros pass; writing it again shows them.
  if (!to_rfc3339(whole).starts_with(seconds)) return std::nullopt;

  std::string_view fraction = text.substr(kSecondsLength, text.size() - kSecondsLength - 1);
  if (fraction.empty()) return whole;
  if (fraction.size() < 2 || fraction.front() != '.') return std::nullopt;
  fraction.remove_prefix(1);
  std::chrono::milliseconds part{0};
  int scale = 100;
  for (const char digit : fraction) {
    if (digit < '0' || digit > '9') return std::nullopt;
    part += std::chrono::milliseconds{(digit - '0') * scale};
    scale /= 10;
  }
  return whole + part;
}

}  // namespace cloudbrain
