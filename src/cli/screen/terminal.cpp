#include "cli/screen/terminal.h"

#include <array>
#include <cerrno>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/exit_codes.h"

namespace cloudbrain::cli {

namespace {

std::string_view escape_of(Paint paint) {
  switch (paint) {
    case Paint::plain:
      return "";
    case Paint::bold:
      return "\x1b[1m";
    case Paint::dim:
      return "\x1b[2m";
    case Paint::red:
      return "\x1b[31m";
    case Paint::green:
      return "\x1b[32m";
    case Paint::yellow:
      return "\x1b[33m";
    case Paint::blue:
      return "\x1b[34m";
  }
  return "";
}

std::string painted(bool really, Paint paint, std::string_view text) {
  if (!really || paint == Paint::plain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape_of(paint), text);
}

// 0, or errno.
int write_fully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

bool prefers_chinese(const Surroundings& surroundings) {
  for (const char* name : {"CLOUDBRAIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string_view value = surroundings.variable(name);
    if (!value.empty()) return value.starts_with("zh");
  }
  return false;
}

Terminal::Terminal(const Surroundings& surroundings)
    : out_(surroundings.out),
      err_(surroundings.err),
      chinese_(prefers_chinese(surroundings)),
      out_is_terminal_(isatty(surroundings.out) == 1),
      err_is_terminal_(isatty(surroundings.err) == 1),
      may_colour_(surroundings.variable("NO_COLOR").empty() &&
                  surroundings.variable("TERM") != "dumb") {}

std::size_t Terminal::err_width() const {
  winsize size{};
  return ioctl(err_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void Terminal::print(std::string_view bytes) {
  const int error = write_fully(out_, bytes);
  if (error == EPIPE) {
    throw Error(ErrorKind::internal, kOutputClosedError,
                {"The reader of the output went away.", "输出的读取方已关闭。"});
  }
  if (error != 0) throw_errno("write", "standard output", error);
}

void Terminal::print_line(std::string_view line) {
  print(std::string(line) + "\n");
}

void Terminal::print_json(const json::value& value) {
  print_line(to_text(value));
}

void Terminal::note(std::string_view line) {
  write_error(std::string(line) + "\n");
}

void Terminal::write_error(std::string_view bytes) {
  // Nobody is left to tell where standard error itself is gone.
  static_cast<void>(write_fully(err_, bytes));
}

std::string Terminal::paint(Paint paint, std::string_view text) const {
  return painted(out_is_terminal_ && may_colour_, paint, text);
}

std::string Terminal::paint_error(Paint paint, std::string_view text) const {
  return painted(err_is_terminal_ && may_colour_, paint, text);
}

}  // namespace cloudbrain::cli
