#include "cli/screen/prompt.h"

#include <array>
#include <cerrno>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "cli/interrupt.h"

namespace cloudbrain::cli {

namespace {

constexpr std::size_t kLongestLine = 64U << 10U;

// Echo off for a scope, where `fd` is a terminal.
class WithoutEcho {
 public:
  explicit WithoutEcho(int fd) : fd_(fd), changed_(tcgetattr(fd, &before_) == 0) {
    if (!changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(fd_, TCSAFLUSH, &quiet);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;
  ~WithoutEcho() {
    if (changed_) tcsetattr(fd_, TCSADRAIN, &before_);
  }

 private:
  int fd_;
  termios before_{};
  bool changed_;
};

// Byte by byte: what follows the line belongs to whoever reads next.
std::optional<std::string> read_line(Terminal& terminal, int input, const Interrupt& interrupt) {
  std::string line;
  while (line.size() < kLongestLine) {
    std::array<pollfd, 2> waiting{pollfd{input, POLLIN, 0},
                                  pollfd{interrupt.descriptor(), POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) {
      throw_errno("poll", "standard input");
    }
    if (waiting[1].revents != 0) {
      terminal.write_error("\n");
      throw_interrupted();
    }
    char byte = 0;
    const ssize_t count = ::read(input, &byte, 1);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) throw_errno("read", "standard input");
    if (count == 0 && line.empty()) return std::nullopt;
    if (count == 0 || byte == '\n') break;
    line += byte;
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace

std::optional<std::string> ask(Terminal& terminal, int input, const Text& question) {
  if (isatty(input) == 1) terminal.write_error(terminal.say(question));
  const Interrupt interrupt;
  return read_line(terminal, input, interrupt);
}

std::optional<std::string> ask_secret(Terminal& terminal, int input, const Text& question) {
  const bool person = isatty(input) == 1;
  const Interrupt interrupt;  // before the echo goes: Ctrl-C must not leave the terminal mute
  // Before the question: what is typed in answer is neither shown nor thrown away.
  const WithoutEcho quiet(input);
  if (person) terminal.write_error(terminal.say(question));
  std::optional<std::string> line = read_line(terminal, input, interrupt);
  if (person) terminal.write_error("\n");  // the Enter that nobody saw
  return line;
}

}  // namespace cloudbrain::cli
