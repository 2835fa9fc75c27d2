// Words of the command line in, one command with its values out.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/session.h"

namespace cloudbrain::cli {

// What the words ask for: a command to run, or a text to print (help, version).
struct Chosen {
  Command* command = nullptr;
  GlobalOptions options;
  std::string text;
  bool complete = true;  // false: the text is help for words that name no command yet
};

// Fills the command's values. Throws a usage error that says which help to read.
Chosen read_command_line(std::span<const std::string> arguments, const CommandTable& commands,
                         bool chinese);

// The name in `known` that `word` was probably meant to be; empty where none is near.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace cloudbrain::cli
