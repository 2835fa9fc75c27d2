#include "http/connection/target.h"

#include <boost/url/pct_string_view.hpp>

#include "base/error.h"
#include "base/json.h"

namespace cloudbrain::http {

namespace {

[[noreturn]] void refuse(std::string code, std::string_view en, std::string_view zh) {
  throw Error(ErrorKind::malformed, std::move(code), {std::string(en), std::string(zh)});
}

std::string decode(std::string_view encoded, bool plus_is_space) {
  const auto view = boost::urls::make_pct_string_view({encoded.data(), encoded.size()});
  if (!view) {
    refuse("bad_encoding",
           "The URL has a \"%\" that is not followed by two hexadecimal digits. Write a literal "
           "percent sign as %25.",
           "URL 中有“%”后面不是两位十六进制数字。百分号本身请写作 %25。");
  }
  std::string decoded = view->decode(boost::urls::encoding_opts(plus_is_space));
  if (decoded.find('\0') != std::string::npos) {
    refuse("bad_encoding", "The URL holds a NUL byte (%00).", "URL 中含有 NUL 字节（%00）。");
  }
  if (!is_utf8(decoded)) {
    refuse("bad_encoding", "The URL is not valid UTF-8 once decoded.",
           "URL 解码后不是合法的 UTF-8。");
  }
  return decoded;
}

// "http://host:1/path?x" -> "/path?x" (RFC 9112 section 3.2.2).
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t path = target.find_first_of("/?");
    if (path == std::string_view::npos) return "/";
    return target.substr(path);
  }
  return target;
}

// Looks at the decoded path: "%2e%2e" and "a%2F..%2Fb" climb just as well.
void refuse_dots(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view component = path.substr(0, path.find('/'));
    if (component == "." || component == "..") {
      refuse("bad_path", R"(The path has a "." or ".." component.)", "路径中含有“.”或“..”。");
    }
    path.remove_prefix(component.size());
  }
}

std::vector<Request::Pair> decode_query(std::string_view text) {
  std::vector<Request::Pair> values;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    values.emplace_back(decode(pair.substr(0, equals), true), decode(value, true));
  }
  return values;
}

}  // namespace

Target decode_target(std::string_view target) {
  if (target == "*") return {"*", {}, {}};
  if (target.find('#') != std::string_view::npos) {
    refuse("bad_target", "The request target has a fragment (#).", "请求目标中含有片段标识“#”。");
  }
  target = without_authority(target);
  const std::size_t question = target.find('?');
  std::string_view path = target.substr(0, question);
  Target result;
  if (question != std::string_view::npos) result.query = decode_query(target.substr(question + 1));
  if (path.empty() && question != std::string_view::npos) path = "/";
  if (!path.starts_with('/')) {
    refuse("bad_target", "The request target does not start with \"/\".",
           "请求目标必须以“/”开头。");
  }
  // Split before decoding: %2F is part of a name, not a separator.
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    result.segments.push_back(decode(segment, false));
    result.path += '/';
    result.path += result.segments.back();
    path.remove_prefix(segment.size());
  }
  refuse_dots(result.path);
  return result;
}

}  // namespace cloudbrain::http
