#include "http/headers.h"

#include "base/error.h"

namespace cloudbrain::http {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
           kOther.find(c) != std::string_view::npos;
  });
}

void check(std::string_view name, std::string_view value) {
  constexpr std::string_view kLineEnds("\r\n\0", 3);
  if (is_token(name) && value.find_first_of(kLineEnds) == std::string_view::npos) return;
  throw Error(
      ErrorKind::internal, "bad_header",
      {fmt::format("The header \"{}\" has a name that is no token or a value with a line end.",
                   name),
       fmt::format("响应头“{}”的名称不合法，或其值含有换行符。", name)});
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

void Headers::add(std::string_view name, std::string_view value) {
  check(name, value);
  fields_.emplace_back(name, value);
}

void Headers::set(std::string_view name, std::string_view value) {
  check(name, value);
  remove(name);
  fields_.emplace_back(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_,
                [&](const Field& field) { return equals_ignoring_case(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (equals_ignoring_case(field.first, name)) return field.second;
  }
  return std::nullopt;
}

std::string Headers::list(std::string_view name) const {
  std::string joined;
  for (const Field& field : fields_) {
    if (!equals_ignoring_case(field.first, name)) continue;
    if (!joined.empty()) joined += ", ";
    joined += field.second;
  }
  return joined;
}

}  // namespace cloudbrain::http
