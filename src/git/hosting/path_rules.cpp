#include "git/hosting/path_rules.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"
#include "domain/names.h"
#include "git/git_command.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kLongest = 1000;
constexpr std::size_t kLongestPart = 255;
constexpr std::size_t kMostParts = 64;

bool is_fit(std::string_view path) {
  if (!is_plain_relative_path(path) || !is_utf8(path)) return false;
  if (std::ranges::any_of(path, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
      })) {
    return false;
  }
  // git refuses to check these out, whatever their case.
  const std::string lower = "/" + lower_case(path) + "/";
  return lower.find("/.git/") == std::string::npos && lower.find("/git~1/") == std::string::npos;
}

bool is_too_long(std::string_view path) {
  if (path.size() > kLongest) return true;
  std::size_t parts = 1;
  std::size_t length = 0;
  for (const char c : path) {
    length = c == '/' ? 0 : length + 1;
    parts += c == '/' ? 1 : 0;
    if (length > kLongestPart || parts > kMostParts) return true;
  }
  return false;
}

}  // namespace

std::optional<Text> path_problem(std::string_view path) {
  const std::string shown = readable(path.substr(0, 200));
  if (is_too_long(path)) {
    return Text{fmt::format("The path \"{}…\" is too long: at most {} bytes, {} in each part, {} "
                            "parts.",
                            shown, kLongest, kLongestPart, kMostParts),
                fmt::format("路径“{}…”过长：最多 {} 字节，每一级最多 {} 字节，最多 {} 级。", shown,
                            kLongest, kLongestPart, kMostParts)};
  }
  if (is_fit(path)) return std::nullopt;
  return Text{
      fmt::format("\"{}\" cannot be the path of a file: it is relative and in UTF-8, has no "
                  "\"..\", no \".git\", no backslash and no control characters.",
                  shown),
      fmt::format("“{}”不能作为文件路径：须为 UTF-8 编码的相对路径，不含“..”、“.git”、反斜杠和控"
                  "制字符。",
                  shown)};
}

}  // namespace cloudbrain
