// The one program: `cloudbrain serve` is the server, every other command is a client of its API.
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "app/serve.h"
#include "app/version.h"
#include "base/error.h"

int main(int argc, char** argv) {
  using namespace cloudbrain;
  CLI::App program{"Cloudbrain: a self-hosted AI training platform"};
  program.set_version_flag("--version", app::kVersion);
  program.require_subcommand(1);
  app::Configuration configuration;
  std::string listen = "127.0.0.1:8080";
  CLI::App* serve = program.add_subcommand("serve", "Run the server");
  serve->add_option("--data", configuration.data, "Directory for everything the server keeps")->required();
  serve->add_option("--listen", listen, "HOST:PORT; port 0 takes a free one")->capture_default_str();
  serve->add_option("--runner", configuration.runner, "Path of cloudbrain-runner");
  serve->add_option("--cpus", configuration.cpus, "Offer this many CPU cores to tasks instead of all");
  serve->add_option("--memory", configuration.memory_bytes, "Offer this many bytes of memory to tasks");
  serve->add_flag("--verbose", configuration.verbose, "Log every request");
  CLI11_PARSE(program, argc, argv);
  if (const char* password = std::getenv("CLOUDBRAIN_ADMIN_PASSWORD"); password != nullptr && *password != '\0') {
    configuration.admin_password = password;
  }
  try {
    app::set_listen(configuration, listen);
  } catch (const Error& error) {
    fmt::print(stderr, "cloudbrain: {}\n", error.message().en);
    return EXIT_FAILURE;
  }
  return app::serve(configuration);
}
