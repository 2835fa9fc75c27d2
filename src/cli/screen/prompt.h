// Asking the person at the keyboard.
#pragma once

#include <optional>
#include <string>

#include "cli/screen/terminal.h"

namespace cloudbrain::cli {

// A line from standard input without its end, up to 64 KiB; nullopt at the end of input. Asks first
// (on standard error) where standard input is a terminal.
std::optional<std::string> ask(Terminal& terminal, int input, const Text& question);
// The same without echo. Ctrl-C restores the terminal first, then throws Error "interrupted".
std::optional<std::string> ask_secret(Terminal& terminal, int input, const Text& question);

}  // namespace cloudbrain::cli
