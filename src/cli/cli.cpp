#include "cli/cli.h"

#include <algorithm>
#include <csignal>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"

namespace cloudbrain::cli {

namespace {

// SIGPIPE kept away from this thread, so that a reader that goes away (`| head`) or a connection
// that breaks is an error of the write. Blocked, not ignored: the rest of the process keeps its
// ways.
class WithoutPipeSignal {
 public:
  WithoutPipeSignal() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before_);
  }
  WithoutPipeSignal(const WithoutPipeSignal&) = delete;
  WithoutPipeSignal& operator=(const WithoutPipeSignal&) = delete;
  ~WithoutPipeSignal() {
    // One that is pending would end the process as soon as it is let in.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    const timespec now{};
    sigtimedwait(&pipe, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t before_{};
};

// Before the command line is understood: how to tell what is wrong with it.
bool seems_to_ask_for_json(std::span<const std::string> arguments) {
  return std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
}

Chosen choose(std::span<const std::string> arguments, const CommandTable& commands,
              Terminal& terminal) {
  try {
    Chosen chosen = read_command_line(arguments, commands, terminal.chinese());
    if (chosen.options.json) terminal.answer_in_json();
    return chosen;
  } catch (const Error&) {
    if (seems_to_ask_for_json(arguments)) terminal.answer_in_json();
    throw;
  }
}

int print_help(const Chosen& chosen, Terminal& terminal) {
  if (chosen.complete) {
    terminal.print(chosen.text);
    return kDone;
  }
  terminal.write_error(chosen.text);
  return kUsage;
}

}  // namespace

int run(std::span<const std::string> arguments, const Surroundings& surroundings,
        CommandTable local) {
  Terminal terminal(surroundings);
  CommandTable commands = std::move(local);
  const std::size_t local_count = commands.size();
  add_client_commands(commands);
  try {
    const Chosen chosen = choose(arguments, commands, terminal);
    if (chosen.command == nullptr) return print_help(chosen, terminal);
    const bool is_local =
        std::any_of(commands.begin(), commands.begin() + static_cast<std::ptrdiff_t>(local_count),
                    [&](const auto& command) { return command.get() == chosen.command; });
    Session session(surroundings, terminal, chosen.options);
    if (is_local) return chosen.command->run(session);
    const WithoutPipeSignal quiet;
    return chosen.command->run(session);
  } catch (const Error& error) {
    const bool was_told = error.code() == kOutputClosedError || error.code() == kInterruptedError;
    if (!was_told) print_failure(terminal, error);
    return exit_code_of(error);
  } catch (const std::exception& error) {
    terminal.note(fmt::format("cloudbrain: {}", error.what()));
    return kRequestFailed;
  }
}

int run_program(int argc, char** argv, CommandTable local) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  return run(arguments, Surroundings::of_this_process(), std::move(local));
}

}  // namespace cloudbrain::cli
