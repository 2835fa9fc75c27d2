// What a subcommand is. The server's own (serve, doctor) are made by the application in the same
// way.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cloudbrain::cli {

class Session;

// Declares what a command takes; the values are there when run() is called. The variables must live
// as long as the command. `names` is "-f,--follow" or "--limit"; `value` stands for it in the help.
class Options {
 public:
  Options(CLI::App& app, bool chinese) : app_(app), chinese_(chinese) {}

  void flag(const std::string& names, bool& to, const Text& help);
  void text(const std::string& names, std::optional<std::string>& to, const std::string& value,
            const Text& help);
  void required(const std::string& names, std::string& to, const std::string& value,
                const Text& help);
  void number(const std::string& names, std::optional<std::int64_t>& to, const std::string& value,
              const Text& help);
  // May be given several times, one value each; the order is kept.
  void list(const std::string& names, std::vector<std::string>& to, const std::string& value,
            const Text& help);

  // Words without a dash, in the order they are declared.
  void argument(const std::string& name, std::string& to, const Text& help);
  // One or more.
  void arguments(const std::string& name, std::vector<std::string>& to, const Text& help);
  void optional_argument(const std::string& name, std::optional<std::string>& to, const Text& help);

  // Lines at the end of the help.
  void example(const std::string& line);

 private:
  const std::string& say(const Text& text) const { return chinese_ ? text.zh : text.en; }

  CLI::App& app_;
  bool chinese_;
};

// One subcommand, owned by the table it is put in. define() is called once, before the command line
// is read; run() at most once, after. Errors are thrown.
class Command {
 public:
  // "task submit" lies in the group "task"; "login" in none.
  Command(std::string words, Text help) : words_(std::move(words)), help_(std::move(help)) {}
  virtual ~Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  const std::string& words() const { return words_; }
  const Text& help() const { return help_; }

  virtual void define(Options& options) = 0;
  // Gives the exit code.
  virtual int run(Session& session) = 0;

 private:
  std::string words_;
  Text help_;
};

using CommandTable = std::vector<std::unique_ptr<Command>>;

}  // namespace cloudbrain::cli
