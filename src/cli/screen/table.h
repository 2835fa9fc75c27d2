// Columns that line up, whatever the script: a Chinese character is two columns wide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/screen/terminal.h"

namespace cloudbrain::cli {

// Columns that well-formed UTF-8 takes on a terminal: 2 for wide characters, 0 for combining ones.
std::size_t display_width(std::string_view text);
// `text` followed by spaces up to `width` columns.
std::string padded(std::string_view text, std::size_t width);
// At most `width` columns; the end of what was cut is "…".
std::string shortened(std::string_view text, std::size_t width);
// Control characters become "?", line ends a space: what other people wrote must not steer a
// terminal. Malformed UTF-8 becomes "?" too.
std::string harmless(std::string_view text);

struct Cell {
  std::string text;
  Paint paint = Paint::plain;
};

// Rows under titles. Where the rows are facts about one thing, leave the titles empty.
class Table {
 public:
  explicit Table(std::vector<std::string> titles = {}) : titles_(std::move(titles)) {}

  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }

  // Columns two spaces apart; no spaces at the end of a line. Cells are made harmless.
  std::string text(const Terminal& terminal) const;

 private:
  std::vector<std::string> titles_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace cloudbrain::cli
