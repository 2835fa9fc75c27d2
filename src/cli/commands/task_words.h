// How a task is told to a person.
#pragma once

#include <string>

#include "api/views.h"
#include "cli/screen/table.h"
#include "cli/screen/terminal.h"

namespace cloudbrain::cli {

// "RUNNING": the words of the API in both languages, so that they can be searched for; in Chinese
// the meaning follows.
Cell state_cell(const Terminal& terminal, TaskState state);
// "mnist-1 V0002"
std::string task_name(const api::TaskView& task);
// How long it has run, or ran; empty before it started.
std::string runtime_text(const api::TaskView& task, TimePoint now);

// All that is known, one fact a line.
void print_task(Terminal& terminal, const api::TaskView& task);
// What it changed of the version it was made from; nothing where it was made from none.
void print_differences(Terminal& terminal, const api::DifferencesView& differences);
// One line for the end of a task that was followed, its reason and the next step.
void note_end(Terminal& terminal, const api::TaskView& task);

}  // namespace cloudbrain::cli
