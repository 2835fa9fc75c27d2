// The one program: `cloudbrain serve` is the server, every other command is a client of its API.
#include "app/commands.h"
#include "cli/cli.h"

int main(int argc, char** argv) {
  return cloudbrain::cli::run_program(argc, argv, cloudbrain::app::server_commands());
}
