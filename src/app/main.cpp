// The one program: `cloudbrain serve` is the server, every other command is a client of its API.
#include "app/commands.h"
#include "cli/cli.h"
#include "git/hosting/push_hook.h"

int main(int argc, char** argv) {
  if (argc > 0 && cloudbrain::is_push_hook(argv[0])) return cloudbrain::run_push_hook();
  return cloudbrain::cli::run_program(argc, argv, cloudbrain::app::server_commands());
}
