#include "http/connection/conditions.h"

#include <charconv>

#include "http/connection/syntax.h"

namespace cloudbrain::http {

namespace {

using Verdict = Selection::Verdict;

enum class Comparison { weak, strong };  // RFC 9110 section 8.8.3.2

bool same_tag(std::string_view a, std::string_view b, Comparison comparison) {
  const bool weak = a.starts_with("W/") || b.starts_with("W/");
  if (weak && comparison == Comparison::strong) return false;
  if (a.starts_with("W/")) a.remove_prefix(2);
  if (b.starts_with("W/")) b.remove_prefix(2);
  return !a.empty() && a == b;
}

// Our own tags hold no comma, so that splitting at commas cannot miss one of them.
bool any_tag(std::string_view list, std::string_view tag, Comparison comparison) {
  if (trimmed(list) == "*") return true;
  while (!list.empty()) {
    if (same_tag(take_until(list, ','), tag, comparison)) return true;
  }
  return false;
}

// The order of RFC 9110 section 13.2.2.
Verdict judge_conditions(const Request& request, std::string_view tag, std::string_view date) {
  if (request.headers.contains("If-Match")) {
    if (!any_tag(request.headers.list("If-Match"), tag, Comparison::strong)) return Verdict::failed;
  } else if (const auto since = request.header("If-Unmodified-Since"); since && !date.empty()) {
    if (*since != date) return Verdict::failed;
  }
  if (request.headers.contains("If-None-Match")) {
    if (any_tag(request.headers.list("If-None-Match"), tag, Comparison::weak)) {
      return Verdict::not_modified;
    }
  } else if (const auto since = request.header("If-Modified-Since"); since && !date.empty()) {
    if (*since == date) return Verdict::not_modified;
  }
  return Verdict::whole;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [stopped, error] = std::from_chars(text.begin(), text.end(), value);
  if (stopped != text.end() || error != std::errc{}) return std::nullopt;
  return value;
}

// "bytes=first-last", "bytes=first-" and "bytes=-suffix". What is not understood is ignored.
Selection judge_range(std::string_view range, std::uint64_t size) {
  if (!equals_ignoring_case(take_until(range, '='), "bytes")) return {};
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return {};
  const std::string_view first_text = trimmed(range.substr(0, dash));
  const std::string_view last_text = trimmed(range.substr(dash + 1));
  const std::optional<std::uint64_t> first = number(first_text);
  const std::optional<std::uint64_t> last = number(last_text);
  if ((!first && !first_text.empty()) || (!last && !last_text.empty())) return {};
  if (!first && !last) return {};
  if (!first) {
    const std::uint64_t length = std::min(*last, size);
    if (length == 0) return {Verdict::unsatisfiable};
    return {Verdict::part, size - length, length};
  }
  if (last && *last < *first) return {};
  if (*first >= size) return {Verdict::unsatisfiable};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {Verdict::part, *first, end - *first + 1};
}

}  // namespace

Selection select(const Request& request, const Headers& representation,
                 std::optional<std::uint64_t> size) {
  const std::string_view tag = representation.find("ETag").value_or("");
  const std::string_view date = representation.find("Last-Modified").value_or("");
  const Verdict verdict = judge_conditions(request, tag, date);
  if (verdict != Verdict::whole) return {verdict};
  const auto range = request.header("Range");
  if (!range || !size || request.method != "GET") return {};
  // A date in If-Range never matches: a file can change twice in a second, so that Last-Modified is
  // no strong validator (RFC 9110 section 8.8.2.2).
  const auto if_range = request.header("If-Range");
  if (if_range && !same_tag(trimmed(*if_range), tag, Comparison::strong)) return {};
  return judge_range(*range, *size);
}

}  // namespace cloudbrain::http
