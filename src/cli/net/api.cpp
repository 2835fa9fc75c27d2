#include "cli/net/api.h"

#include <fmt/format.h>

#include "cli/exit_codes.h"

namespace cloudbrain::cli {

namespace {

// RFC 9457, with the members this API adds.
struct ProblemDocument {
  std::optional<std::string> title;
  std::optional<std::string> code;
  std::optional<std::string> detail;
  std::optional<std::string> next;
  std::vector<ProblemDetail> problems;
  std::optional<std::string> request_id;
};
BOOST_DESCRIBE_STRUCT(ProblemDocument, (), (title, code, detail, next, problems, request_id))

Text both(const std::string& text) {
  return {text, text};
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 400:
      return ErrorKind::malformed;
    case 401:
      return ErrorKind::unsigned_in;
    case 403:
      return ErrorKind::denied;
    case 404:
      return ErrorKind::missing;
    case 409:
      return ErrorKind::conflict;
    case 413:
      return ErrorKind::too_large;
    case 422:
      return ErrorKind::invalid;
    case 429:
      return ErrorKind::busy;
    case 503:
      return ErrorKind::unavailable;
    case 507:
      return ErrorKind::no_space;
    default:
      return ErrorKind::internal;
  }
}

// Somebody else's answer: a proxy, a different program on that port.
Error foreign_answer(const HttpAnswer& answer, const std::string& server) {
  const std::string_view target = answer.header("location");
  if (answer.status >= 300 && answer.status < 400 && !target.empty()) {
    return Error(ErrorKind::internal, "redirected",
                 {fmt::format("{} redirects to {}.", server, target),
                  fmt::format("{} 重定向到 {}。", server, target)},
                 {"Name that server itself with --server.", "请用 --server 直接指定该服务器。"});
  }
  return Error(
      kind_of(answer.status), "unexpected_answer",
      {fmt::format("{} answered with status {} and no explanation.", server, answer.status),
       fmt::format("{} 返回状态码 {}，没有说明原因。", server, answer.status)},
      {"Check that this is the address of a Cloudbrain server.",
       "请确认该地址是 Cloudbrain 服务器。"});
}

// Not for a sign-in that failed: it would say to do what was just done.
bool needs_sign_in_hint(const HttpAnswer& answer, const ProblemDocument& problem) {
  return answer.status == 401 && problem.code != "sign_in_failed" && !problem.next;
}

Text sign_in_hint(const std::string& server) {
  return {
      fmt::format("Sign in with `cloudbrain login --server {}`, or set CLOUDBRAIN_TOKEN.", server),
      fmt::format("请用 `cloudbrain login --server {}` 登录，或设置 CLOUDBRAIN_TOKEN。", server)};
}

}  // namespace

ServerProblem problem_of(const HttpAnswer& answer, const std::string& server) {
  ServerProblem::Answer facts{.status = answer.status,
                              .request_id = std::string(answer.header("x-request-id"))};
  if (!answer.header("content-type").starts_with("application/problem+json")) {
    return {foreign_answer(answer, server), std::move(facts)};
  }
  try {
    facts.document = parse_json(answer.body);
    auto problem = from_json<ProblemDocument>(facts.document, UnknownMembers::ignore);
    facts.details = std::move(problem.problems);
    if (problem.request_id) facts.request_id = *problem.request_id;
    Text next = needs_sign_in_hint(answer, problem) ? sign_in_hint(server)
                                                    : both(problem.next.value_or(""));
    const std::string title = problem.title.value_or(fmt::format("Status {}.", answer.status));
    return {Error(kind_of(answer.status), problem.code.value_or("problem"),
                  both(problem.detail.value_or(title)), std::move(next)),
            std::move(facts)};
  } catch (const Error&) {
    return {foreign_answer(answer, server), std::move(facts)};
  }
}

Api::Api(std::string server, std::string token, bool chinese)
    : server_(std::move(server)),
      token_(std::move(token)),
      language_(chinese ? "zh-CN, en;q=0.5" : "en, zh;q=0.5") {}

HttpAnswer Api::call(HttpCall call, const Path& path) {
  call.url = server_ + path.text();
  if (!token_.empty()) call.headers.emplace_back("Authorization", "Bearer " + token_);
  call.headers.emplace_back("Accept-Language", language_);
  HttpAnswer answer = http_.perform(call);
  if (!answer.ok()) throw problem_of(answer, server_);
  return answer;
}

json::value Api::list(const Path& path, std::size_t limit) {
  constexpr std::size_t kLargestPage = 100;
  json::array items;
  json::value next;
  do {
    Path page = path;
    page.query("limit", std::to_string(std::min(limit - items.size(), kLargestPage)));
    if (next.is_string()) page.query("after", std::string_view(next.get_string()));
    json::value answer = get(page);
    const bool is_page = answer.is_object() && answer.get_object().contains("items") &&
                         answer.get_object().at("items").is_array();
    if (!is_page) return answer;
    json::array& found = answer.get_object().at("items").get_array();
    const bool none = found.empty();
    for (json::value& item : found) items.push_back(std::move(item));
    next = answer.get_object().contains("next") ? answer.get_object().at("next") : nullptr;
    if (none) break;  // a list that grows thinner while it is read must not keep us here
  } while (next.is_string() && items.size() < limit);
  return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
}

json::value Api::json_of(const char* method, const Path& path, const json::value* body) {
  HttpCall request;
  request.method = method;
  request.headers.emplace_back("Accept", "application/json");
  if (body != nullptr) {
    request.body = to_text(*body);
    request.headers.emplace_back("Content-Type", "application/json");
  } else if (request.method == "POST") {
    request.body = "";
  }
  const HttpAnswer answer = call(std::move(request), path);
  if (answer.body.empty()) return nullptr;
  if (!answer.header("content-type").starts_with("application/json")) {
    throw ServerProblem(foreign_answer(answer, server_), {.status = answer.status});
  }
  return parse_json(answer.body);
}

}  // namespace cloudbrain::cli
