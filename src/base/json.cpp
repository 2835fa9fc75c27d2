#include "base/json.h"

#include <limits>

#include <boost/json/parse.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cloudbrain {

json::value parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 32;
  json::parser parser({}, options);
  boost::system::error_code error;
  const std::size_t read = parser.write(text, error);
  if (error) {
    throw Error(ErrorKind::malformed, "invalid_json",
                {fmt::format("The text is not valid JSON: {} at byte {}.", error.message(), read),
                 fmt::format("不是合法的 JSON：第 {} 字节处 {}。", read, error.message())});
  }
  return parser.release();
}

std::string to_text(const json::value& value) {
  return json::serialize(value);
}

namespace {

// Length of the well-formed sequence at the front (RFC 3629 table 3-7 of Unicode), 0 if there is
// none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned char least = 0x80, unsigned char most = 0xBF) {
    return i < text.size() && byte(i) >= least && byte(i) <= most;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned char least = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned char most = first == 0xED ? 0x9F : 0xBF;
    return continues(1, least, most) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned char least = first == 0xF0 ? 0x90 : 0x80;
    const unsigned char most = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, least, most) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++count;
  }
  return count;
}

std::string_view first_characters(std::string_view text, std::size_t most) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (starts_character && most-- == 0) return text.substr(0, at);
  }
  return text;
}

namespace json_detail {

namespace {

std::string_view kind_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "true or false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "number";
    case json::kind::string:
      return "text";
    case json::kind::array:
      return "array";
    case json::kind::object:
      return "object";
  }
  return "value";
}

}  // namespace

void Reader::wrong_type(const std::string& path, std::string_view expected,
                        const json::value& got) {
  problem(path, "wrong_type",
          {fmt::format("expected {}, got {}.", expected, kind_name(got)),
           fmt::format("应为 {}，实际为 {}。", expected, kind_name(got))});
}

void Reader::read_text(const json::value& from, std::string& to, const std::string& path) {
  if (!from.is_string()) return wrong_type(path, "text", from);
  to.assign(from.get_string().data(), from.get_string().size());
}

void Reader::read_time(const json::value& from, TimePoint& to, const std::string& path) {
  const std::optional<TimePoint> time =
      from.is_string() ? parse_rfc3339(std::string_view(from.get_string())) : std::nullopt;
  if (!time) return wrong_type(path, "a time such as 2026-01-31T08:00:00Z", from);
  to = *time;
}

bool Reader::read_integer(const json::value& from, std::int64_t& to, const std::string& path,
                          std::int64_t least, std::int64_t most) {
  boost::system::error_code error;
  const auto number = from.is_number() ? from.to_number<std::int64_t>(error) : 0;
  if (!from.is_number() || error) {
    wrong_type(path, "a whole number", from);
    return false;
  }
  if (number < least || number > most) {
    problem(path, "out_of_range",
            {fmt::format("{} is not between {} and {}.", number, least, most),
             fmt::format("{} 不在 {} 到 {} 之间。", number, least, most)});
    return false;
  }
  to = number;
  return true;
}

void Reader::unknown_members(const json::object& from, const std::vector<std::string_view>& known,
                             const std::string& path) {
  for (const auto& member : from) {
    const std::string_view name(member.key());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    problem(join(path, name), "unknown_field", {"there is no such field.", "没有这个字段。"});
  }
}

void Reader::missing(const std::string& path) {
  problem(path, "required", {"is required.", "必填。"});
}

void Reader::not_one_of(const std::string& path, const json::value& got,
                        const std::string& allowed) {
  const std::string whole = json::serialize(got);
  const std::string_view shown = first_characters(whole, 80);
  problem(path, "not_allowed",
          {fmt::format("{} is not one of: {}.", shown, allowed),
           fmt::format("{} 不在可选值之中：{}。", shown, allowed)});
}

}  // namespace json_detail

}  // namespace cloudbrain
