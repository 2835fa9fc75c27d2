#include "git/git_command.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/json.h"

namespace cloudbrain {

std::map<std::string, std::string> git_environment(const GitSettings& settings) {
  std::map<std::string, std::string> environment{
      {"LC_ALL", "C.UTF-8"},
      {"HOME", "/nonexistent"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_ATTR_NOSYSTEM", "1"},
      {"GIT_TERMINAL_PROMPT", "0"},
      // A pushed refs/replace/… must not change what a commit is.
      {"GIT_NO_REPLACE_OBJECTS", "1"},
      // A path of a user is a path and never a pattern.
      {"GIT_LITERAL_PATHSPECS", "1"},
      // The repositories are ours even where the data directory was copied or mounted from
      // elsewhere.
      {"GIT_CONFIG_KEY_0", "safe.directory"},
      {"GIT_CONFIG_VALUE_0", "*"},
      {"GIT_CONFIG_COUNT", std::to_string(settings.size() + 1)},
  };
  for (std::size_t i = 0; i < settings.size(); ++i) {
    environment[fmt::format("GIT_CONFIG_KEY_{}", i + 1)] = settings[i].first;
    environment[fmt::format("GIT_CONFIG_VALUE_{}", i + 1)] = settings[i].second;
  }
  return environment;
}

ProcessOptions git_process(const fs::path& repository, std::vector<std::string> arguments,
                           std::map<std::string, std::string> more_environment,
                           const GitSettings& settings) {
  ProcessOptions options;
  options.argv = {"git"};
  if (!repository.empty()) options.argv.push_back("--git-dir=" + repository.native());
  for (std::string& argument : arguments) options.argv.push_back(std::move(argument));
  options.environment = git_environment(settings);
  options.environment.merge(more_environment);
  options.clean_environment = true;
  return options;
}

std::string run_git(const ProcessOptions& options, std::string_view input,
                    std::chrono::milliseconds timeout) {
  ProcessResult result = run_process(options, input, timeout);
  if (!result.status.ok()) throw_git_failed(options, result.error);
  return std::move(result.output);
}

void throw_git_failed(const ProcessOptions& options, std::string_view said) {
  const std::string command = fmt::format("{}", fmt::join(options.argv, " "));
  const std::string text = readable(said.substr(0, 2000));
  throw Error(ErrorKind::internal, "git_failed",
              {fmt::format("git failed: {}: {}", command, text),
               fmt::format("git 执行失败：{}：{}", command, text)});
}

std::string readable(std::string_view text) {
  std::string result(text);
  if (is_utf8(text)) return result;
  for (char& c : result) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return result;
}

}  // namespace cloudbrain
