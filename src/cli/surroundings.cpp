#include "cli/surroundings.h"

#include <array>

#include <pwd.h>
#include <unistd.h>

namespace cloudbrain::cli {

namespace {

fs::path home_of_user() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr ? fs::path(found->pw_dir) : fs::path("/");
}

}  // namespace

Surroundings Surroundings::of_this_process() {
  Surroundings surroundings;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    surroundings.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return surroundings;
}

std::string_view Surroundings::variable(std::string_view name) const {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

fs::path Surroundings::configuration_folder() const {
  const fs::path configured(variable("XDG_CONFIG_HOME"));
  if (configured.is_absolute()) return configured / "cloudbrain";
  const fs::path home(variable("HOME"));
  return (home.is_absolute() ? home : home_of_user()) / ".config" / "cloudbrain";
}

}  // namespace cloudbrain::cli
