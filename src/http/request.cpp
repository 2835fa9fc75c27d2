#include "http/request.h"

#include <charconv>

#include "base/error.h"
#include "http/connection/syntax.h"

namespace cloudbrain::http {

namespace {

// The weight of a language in Accept-Language, from 0 to 1000; -1 where it is not named.
int weight_of(std::string_view accept_language, std::string_view language) {
  int best = -1;
  while (!accept_language.empty()) {
    std::string_view element = take_until(accept_language, ',');
    const std::string_view range = take_until(element, ';');
    if (!equals_ignoring_case(range.substr(0, range.find('-')), language)) continue;
    double weight = 1;
    const std::string_view parameter = trimmed(element);
    if (parameter.starts_with("q=")) {
      std::from_chars(parameter.begin() + 2, parameter.end(), weight);
    }
    best = std::max(best, static_cast<int>(weight * 1000));
  }
  return best;
}

}  // namespace

const std::string& Request::arg(std::string_view name) const {
  for (const auto& [key, value] : args) {
    if (key == name) return value;
  }
  throw Error(ErrorKind::internal, "no_such_capture",
              {fmt::format("The route of {} captures no \"{}\".", path, name),
               fmt::format("{} 的路由中没有名为“{}”的参数。", path, name)});
}

std::optional<std::string_view> Request::query(std::string_view name) const {
  for (const auto& [key, value] : query_values) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Request::query_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : query_values) {
    if (key == name) values.emplace_back(value);
  }
  return values;
}

std::optional<std::int64_t> Request::query_number(std::string_view name, std::int64_t least,
                                                  std::int64_t most) const {
  const std::optional<std::string_view> text = query(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [stopped, error] = std::from_chars(text->begin(), text->end(), number);
  if (error == std::errc{} && stopped == text->end() && number >= least && number <= most)
    return number;
  throw Error::fields(
      {{std::string(name),
        "out_of_range",
        {fmt::format("\"{}\" is no whole number from {} to {}.", *text, least, most),
         fmt::format("“{}”不是 {} 到 {} 之间的整数。", *text, least, most)}}});
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const auto& [field, value] : headers) {
    if (!equals_ignoring_case(field, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view pair = take_until(rest, ';');
      if (take_until(pair, '=') == name) return trimmed(pair);
    }
  }
  return std::nullopt;
}

bool Request::wants_chinese() const {
  if (const auto chosen = cookie("lang")) {
    if (chosen->starts_with("zh")) return true;
    if (chosen->starts_with("en")) return false;
  }
  const std::string accepted = headers.list("Accept-Language");
  return weight_of(accepted, "zh") > std::max(0, weight_of(accepted, "en"));
}

}  // namespace cloudbrain::http
