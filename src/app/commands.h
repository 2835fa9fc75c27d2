// The commands that run on the server's own machine: serve, doctor.
#pragma once

#include "cli/command.h"

namespace cloudbrain::app {

cli::CommandTable server_commands();

}  // namespace cloudbrain::app
