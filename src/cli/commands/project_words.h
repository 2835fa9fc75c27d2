// Projects on the screen, and how a command names one.
#pragma once

#include <string>

#include "api/views.h"
#include "cli/command.h"

namespace cloudbrain::cli {

class Session;

void define_project_argument(Options& options, std::string& project);
void print_project(Session& session, const api::ProjectView& project);
// Follows an import to its end. Throws Error invalid ("import_failed") with the reason.
api::ProjectView wait_for_import(Session& session, api::ProjectView project);

}  // namespace cloudbrain::cli
