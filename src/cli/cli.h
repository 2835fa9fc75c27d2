// The command line `cloudbrain`: a client of the server's API, and the frame for the commands that
// run on the server's own machine.
//
//   int main(int argc, char** argv) {
//     cli::CommandTable local;
//     local.push_back(std::make_unique<Serve>());   // a cli::Command of the application
//     return cli::run_program(argc, argv, std::move(local));
//   }
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/findings.h"
#include "cli/session.h"
#include "cli/surroundings.h"

namespace cloudbrain::cli {

// Reads the command line, runs the command, prints what went wrong. Gives the exit code
// (exit_codes.h); throws nothing. `arguments` is without the program's name. SIGPIPE does not end
// the calling thread while a client command runs; local commands run with the signals as they are.
int run(std::span<const std::string> arguments, const Surroundings& surroundings,
        CommandTable local = {});

int run_program(int argc, char** argv, CommandTable local);

}  // namespace cloudbrain::cli
