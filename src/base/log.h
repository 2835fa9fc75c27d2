// The server's own log. Levels have exact meanings:
//   error    we failed: answers a 5xx, or a task was lost through our fault
//   warning  a person or a peer failed: a 4xx worth noting, a dropped connection, a retry
//   info     the golden path: started, a task changed state
//   debug    everything else
// A message is one line: control characters in it are written as \x0a.
// A secret (token, password, Authorization header) is never passed to these functions.
// Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace cloudbrain::log {

enum class Level { debug, info, warning, error };

void set_level(Level level);
void write(Level level, std::string_view message);

template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::info, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace cloudbrain::log
