// Watching a task until it ends: its log as it is written, its states as they come.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "api/views.h"
#include "cli/session.h"

namespace cloudbrain::cli {

struct Following {
  std::int64_t task = 0;
  std::int64_t from = 0;    // byte offset in the log
  bool note_states = true;  // on standard error
  // Text of the log and the offset of its first byte. May block: the server waits.
  std::function<void(std::int64_t offset, std::string_view text)> on_log;
};

// Gives the task as it ended. A connection that breaks is made again from the last byte, for ten
// minutes without any sign of the server. Ctrl-C says that the task goes on, and how to look again
// or stop it, then throws Error "interrupted".
api::TaskView follow_task(Session& session, const Following& following);

// To standard output; to standard error with --json, where standard output is for the answer.
Following follow_on_terminal(Terminal& terminal, std::int64_t task);

}  // namespace cloudbrain::cli
