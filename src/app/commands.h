// The commands that run on the server's own machine: serve, doctor, user.
#pragma once

#include "cli/command.h"

namespace cloudbrain::app {

cli::CommandTable server_commands();

void add_user_commands(cli::CommandTable& table);  // list, add, passwd, enable, disable, admin

}  // namespace cloudbrain::app
