// The pages behind --help.
#pragma once

#include <CLI/CLI.hpp>

namespace cloudbrain::cli {

// Usage, arguments, options, commands, examples, in columns that line up in Chinese too.
class HelpPage final : public CLI::FormatterBase {
 public:
  explicit HelpPage(bool chinese) : chinese_(chinese) {}

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;

 private:
  const char* say(const char* en, const char* zh) const { return chinese_ ? zh : en; }
  std::string usage(const CLI::App& app) const;
  std::string options(const CLI::App& app, bool positional) const;
  std::string commands(const CLI::App& app) const;

  bool chinese_;
};

// "cloudbrain task submit"
std::string full_name(const CLI::App& app);

}  // namespace cloudbrain::cli
