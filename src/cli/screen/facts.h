// What is known of one thing, a line each.
#pragma once

#include <string>

#include "cli/screen/table.h"
#include "cli/screen/terminal.h"

namespace cloudbrain::cli {

// Name and value of each fact, only where there is something to say.
class Facts {
 public:
  explicit Facts(Terminal& terminal) : terminal_(terminal) {}

  void add(const Text& name, const std::string& value, Paint paint = Paint::plain) {
    if (!value.empty()) table_.add({{terminal_.say(name), Paint::dim}, {value, paint}});
  }
  void print() { terminal_.print(table_.text(terminal_)); }

 private:
  Terminal& terminal_;
  Table table_;
};

}  // namespace cloudbrain::cli
