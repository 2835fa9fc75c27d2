#include "base/log.h"

#include <algorithm>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace cloudbrain::log {

namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Standard error, so that standard output stays free for what a command prints.
spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_logger_mt("cloudbrain");
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return made;
  }();
  return *instance;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// A message may quote what a stranger sent: a line feed in it must not begin a line of its own, nor an
// escape sequence reach the terminal of who reads the log.
std::string one_line(std::string_view message) {
  std::string line;
  for (const char c : message) {
    if (is_control(c)) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace

void set_level(Level level) {
  logger().set_level(to_spdlog(level));
}

void write(Level level, std::string_view message) {
  if (std::ranges::none_of(message, is_control)) {
    logger().log(to_spdlog(level), message);
  } else {
    logger().log(to_spdlog(level), one_line(message));
  }
}

}  // namespace cloudbrain::log
