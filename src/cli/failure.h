// How an error is told: what, where, what next.
#pragma once

#include "base/error.h"
#include "cli/screen/terminal.h"

namespace cloudbrain::cli {

// To standard error. For people the sentence, the wrong fields, the next step and the request's id;
// with --json one line, the server's problem+json as it came or one of the same shape.
void print_failure(Terminal& terminal, const Error& error);

}  // namespace cloudbrain::cli
