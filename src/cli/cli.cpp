#include "cli/cli.h"

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

bool asks_for_json(std::span<const std::string> arguments) {
  return std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
}

int run_chosen(const Chosen& chosen, bool is_local, const Surroundings& surroundings,
               Terminal& terminal) {
  if (chosen.command == nullptr) {
    if (chosen.complete) {
      terminal.print(chosen.text);
    } else {
      terminal.write_error(chosen.text);
    }
    return chosen.complete ? kDone : kUsage;
  }
  Session session(surroundings, terminal, chosen.options);
  if (is_local) return chosen.command->run(session);
  const WithoutPipeSignal quiet;
  return chosen.command->run(session);
}

}  // namespace

int run(std::span<const std::string> arguments, const Surroundings& surroundings,
        CommandTable local) {
  Terminal terminal(surroundings);
  if (asks_for_json(arguments)) terminal.answer_in_json();
  const std::size_t local_count = local.size();
  CommandTable commands = std::move(local);
  add_client_commands(commands);
  try {
    const Chosen chosen = read_command_line(arguments, commands, terminal.chinese());
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const auto& command) {
      return command.get() == chosen.command;
    });
    const bool is_local = static_cast<std::size_t>(found - commands.begin()) < local_count;
    return run_chosen(chosen, is_local, surroundings, terminal);
  } catch (const Error& error) {
    if (error.code() != kOutputClosedError && error.code() != kInterruptedError) {
      print_failure(terminal, error);
    }
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
