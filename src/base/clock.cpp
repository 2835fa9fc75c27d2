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
  std::tm parts{};
  const std::string copy(text);
  const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  std::chrono::milliseconds fraction{0};
  if (*rest == '.') {
    int scale = 100;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest) {
      fraction += std::chrono::milliseconds{(*rest - '0') * scale};
      scale /= 10;
    }
  }
  if (*rest != 'Z' || rest[1] != '\0') return std::nullopt;
  return TimePoint{std::chrono::seconds{timegm(&parts)}} + fraction;
}

}  // namespace cloudbrain
