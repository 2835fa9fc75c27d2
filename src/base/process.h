// Child processes, always by argv: no shell ever sees what a user typed.
//
// A child may close its input before we have written all of it, so the program ignores SIGPIPE
// (each main does); the children themselves start with every signal at its default.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/files.h"

namespace cloudbrain {

struct ProcessOptions {
  std::vector<std::string> argv;                   // argv[0] is looked up in PATH
  std::map<std::string, std::string> environment;  // added to ours; an empty value removes the name
  bool clean_environment = false;                  // start from nothing but PATH
  fs::path working_directory;                      // empty: ours
  bool new_session = false;                        // setsid: the child outlives our terminal
};

// What became of a child.
struct ExitStatus {
  int code = 0;    // exit code; 128 + signal where a signal ended it
  int signal = 0;  // 0: it exited by itself
  bool ok() const { return code == 0 && signal == 0; }
};

// A running child with pipes for the streams that were asked for. One owner, one thread at a time.
// The destructor kills and reaps a child that nobody waited for.
class ChildProcess {
 public:
  struct Streams {
    bool input = false;
    bool output = false;
    bool error = false;  // false: the child's errors go where ours go
    int input_fd = -1;   // given instead of a pipe; not owned
    int output_fd = -1;
  };

  static ChildProcess start(const ProcessOptions& options, Streams streams);

  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) noexcept;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  Fd& input() { return input_; }    // our end of the child's standard input
  Fd& output() { return output_; }  // our end of its standard output
  Fd& error() { return error_; }

  ExitStatus wait();
  void kill(int signal);
  // Lets it run on by itself: it is never waited for. Only for children that leave our session.
  void detach();

 private:
  ChildProcess() = default;
  pid_t pid_ = -1;
  Fd input_, output_, error_;
};

struct ProcessResult {
  ExitStatus status;
  std::string output;
  std::string error;
};

// Runs to the end, feeding `input`, collecting both streams (at most `limit` bytes of each; more
// is read and dropped). A run longer than `timeout` is killed: status.signal is SIGKILL.
ProcessResult run_process(const ProcessOptions& options, std::string_view input = {},
                          std::chrono::milliseconds timeout = std::chrono::seconds(60),
                          std::size_t limit = 16U << 20U);

// The full path of a program on PATH, or nullopt.
std::optional<fs::path> find_program(std::string_view name);

}  // namespace cloudbrain
