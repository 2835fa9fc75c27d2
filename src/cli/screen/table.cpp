#include "cli/screen/table.h"

#include <clocale>
#include <cwchar>

#include <fmt/format.h>

namespace cloudbrain::cli {

namespace {

// The C library's character tables, for this thread and this scope only: the process may run in
// another locale. C.UTF-8 is built into glibc since 2.35.
class Utf8Locale {
 public:
  Utf8Locale() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = uselocale(locale_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() {
    if (locale_ == nullptr) return;
    uselocale(before_);
    freelocale(locale_);
  }

 private:
  locale_t locale_;
  locale_t before_ = nullptr;
};

struct Character {
  std::string_view bytes;
  wchar_t code = 0;  // 0: not well-formed
};

Character first_character(std::string_view text) {
  std::mbstate_t state{};
  wchar_t code = 0;
  const std::size_t length = std::mbrtowc(&code, text.data(), text.size(), &state);
  if (length == 0 || length > text.size()) return {text.substr(0, 1), 0};
  return {text.substr(0, length), code};
}

std::size_t columns_of(const Character& character) {
  const int width = character.code == 0 ? 1 : wcwidth(character.code);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  const Utf8Locale locale;
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    width += columns_of(character);
    text.remove_prefix(character.bytes.size());
  }
  return width;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(text) + std::string(width > taken ? width - taken : 0, ' ');
}

std::string shortened(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const Utf8Locale locale;
  std::string kept;
  std::size_t taken = 1;  // the ellipsis
  while (!text.empty()) {
    const Character character = first_character(text);
    taken += columns_of(character);
    if (taken > width) break;
    kept += character.bytes;
    text.remove_prefix(character.bytes.size());
  }
  return width == 0 ? std::string() : kept + "…";
}

std::string harmless(std::string_view text) {
  const Utf8Locale locale;
  std::string clean;
  while (!text.empty()) {
    const Character character = first_character(text);
    const bool line_end = character.code == L'\n' || character.code == L'\t';
    // wcwidth is -1 for the C0 and C1 control characters.
    const bool shown = character.code != 0 && wcwidth(character.code) >= 0;
    if (line_end) {
      clean += ' ';
    } else if (shown) {
      clean += character.bytes;
    } else {
      clean += '?';
    }
    text.remove_prefix(character.bytes.size());
  }
  return clean;
}

void Table::add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = harmless(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::text(const Terminal& terminal) const {
  std::vector<std::size_t> widths;
  const auto widen = [&](std::size_t column, std::string_view text) {
    if (widths.size() <= column) widths.resize(column + 1);
    widths[column] = std::max(widths[column], display_width(text));
  };
  for (std::size_t i = 0; i < titles_.size(); ++i) widen(i, titles_[i]);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widen(i, row[i].text);
  }

  std::string text;
  const auto append = [&](const std::vector<Cell>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      text += terminal.paint(row[i].paint, row[i].text);
      // Spaces stay outside the colour, and no line ends with any.
      if (!last) text += std::string(widths[i] - display_width(row[i].text) + 2, ' ');
    }
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  };
  std::vector<Cell> head;
  head.reserve(titles_.size());
  for (const std::string& title : titles_) head.push_back({title, Paint::bold});
  if (!head.empty()) append(head);
  for (const auto& row : rows_) append(row);
  return text;
}

}  // namespace cloudbrain::cli
