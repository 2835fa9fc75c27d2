// Time as a value that tests can set.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cloudbrain {

// Milliseconds of UTC: what rows, tokens and the API use.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

// Where "now" comes from. Implementations are safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

// A clock that moves only when told to.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(TimePoint start = TimePoint{std::chrono::seconds{1'700'000'000}})
      : now_(start) {}
  TimePoint now() const override { return now_.load(); }
  void advance(std::chrono::milliseconds by) { now_.store(now_.load() + by); }

 private:
  std::atomic<TimePoint> now_;
};

// RFC 3339 in UTC with milliseconds: 2026-11-23T07:37:24.000Z.
std::string to_rfc3339(TimePoint time);
// Accepts what to_rfc3339 writes, with or without the fraction (finer digits are dropped); nullopt
// otherwise, also for a day that the calendar does not have.
std::optional<TimePoint> parse_rfc3339(std::string_view text);

}  // namespace cloudbrain
