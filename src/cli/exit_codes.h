// What the program's exit code says. docs/cli.md has the same table for people.
#pragma once

#include <optional>

#include "base/error.h"
#include "domain/task.h"

namespace cloudbrain::cli {

inline constexpr int kDone = 0;
inline constexpr int kRequestFailed = 1;      // the server refused, or something here went wrong
inline constexpr int kUsage = 2;              // the command line makes no sense
inline constexpr int kServerUnreachable = 3;  // no answer, or it broke off
inline constexpr int kNotSignedIn = 4;
// Following a task gives 0 for SUCCEEDED and the script's own code for FAILED; where there is none:
inline constexpr int kTaskFailed = 10;        // FAILED by time limit, lost machine, …
inline constexpr int kTaskStopped = 11;       // STOPPED
inline constexpr int kTaskNotCreated = 12;    // CREATED_FAILED
inline constexpr int kInterrupted = 128 + 2;  // Ctrl-C
inline constexpr int kOutputClosed =
    128 + 13;  // who read our output went away, as SIGPIPE would do

// Codes of errors made here, in Error::code().
inline constexpr const char* kUsageError = "usage";
inline constexpr const char* kUnreachableError = "server_unreachable";
inline constexpr const char* kConnectionLostError = "connection_lost";
inline constexpr const char* kInterruptedError = "interrupted";
inline constexpr const char* kOutputClosedError = "output_closed";

int exit_code_of(const Error& error);
// For a task that has ended.
int exit_code_of(TaskState end, std::optional<int> script_exit_code);

// A command line that makes no sense: exit code 2.
Error usage_error(Text message, Text next = {});

}  // namespace cloudbrain::cli
