// Where a command's words go: results to standard output, everything else to standard error.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "cli/surroundings.h"

namespace cloudbrain::cli {

enum class Paint { plain, bold, dim, red, green, yellow, blue };

// Chinese where the first of CLOUDBRAIN_LANG, LC_ALL, LC_MESSAGES, LANG that is set begins with
// "zh".
bool prefers_chinese(const Surroundings& surroundings);

// One thread. Every write throws Error "output_closed" where the reader of standard output has gone
// (`| head`): the program then ends quietly with exit code 141.
class Terminal {
 public:
  explicit Terminal(const Surroundings& surroundings);

  bool chinese() const { return chinese_; }
  const std::string& say(const Text& text) const { return chinese_ ? text.zh : text.en; }

  // --json: one JSON value on standard output and nothing else, no progress.
  bool json() const { return json_; }
  void answer_in_json() { json_ = true; }

  bool out_is_terminal() const { return out_is_terminal_; }
  bool err_is_terminal() const { return err_is_terminal_; }
  std::size_t err_width() const;  // columns; 80 where unknown

  // Standard output.
  void print(std::string_view bytes);
  void print_line(std::string_view line);
  void print_json(const json::value& value);
  // Standard error. A note is a line for the person who watches; errors there are not reported.
  void note(const Text& text) { note(say(text)); }
  void note(std::string_view line);
  void write_error(std::string_view bytes);

  // Coloured for standard output, or for standard error: only on a terminal that is not "dumb", and
  // without NO_COLOR (https://no-color.org).
  std::string paint(Paint paint, std::string_view text) const;
  std::string paint_error(Paint paint, std::string_view text) const;

 private:
  int out_;
  int err_;
  bool chinese_;
  bool json_ = false;
  bool out_is_terminal_;
  bool err_is_terminal_;
  bool may_colour_;
};

}  // namespace cloudbrain::cli
