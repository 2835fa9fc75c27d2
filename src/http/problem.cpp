#include "http/problem.h"

#include <boost/json/serialize.hpp>

#include "base/json.h"
#include "base/log.h"

namespace cloudbrain::http {

namespace {

constexpr std::string_view kRetryAfterSeconds = "2";

// RFC 9110 section 15, RFC 6585, RFC 4918, and 460 of tus 1.0.
constexpr std::pair<int, std::string_view> kPhrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {460, "Checksum Mismatch"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

json::array fields_of(const Error& error, bool chinese) {
  json::array fields;
  for (const FieldProblem& problem : error.problems()) {
    fields.push_back({{"field", problem.field},
                      {"code", problem.code},
                      {"message", chinese ? problem.message.zh : problem.message.en}});
  }
  return fields;
}

// RFC 9457; `type` is left at about:blank, so `title` is the status's phrase and `code` is the
// stable name to branch on.
Response make_problem(const Refusal& refusal, json::array fields, const Request& request,
                      bool chinese) {
  json::object body{{"type", "about:blank"},
                    {"title", reason_phrase(refusal.status)},
                    {"status", refusal.status},
                    {"code", refusal.code},
                    {"detail", chinese ? refusal.message.zh : refusal.message.en}};
  if (!refusal.next.empty()) body["next"] = chinese ? refusal.next.zh : refusal.next.en;
  if (!fields.empty()) body["problems"] = std::move(fields);
  body["request_id"] = request.id;
  Response response = Response::json(json::serialize(body), refusal.status);
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("Content-Language", chinese ? "zh-CN" : "en");
  response.headers.set("Cache-Control", "no-store");
  if (refusal.status == 429 || refusal.status == 503) {
    response.headers.set("Retry-After", kRetryAfterSeconds);
  }
  return response;
}

Refusal internal_refusal() {
  return {500,
          "internal",
          {"The server failed to answer this request.", "服务器处理该请求时出错。"},
          {"Try again; if it stays, give the request id to whoever runs this server.",
           "请重试；如果仍然失败，请把 request_id 告知服务器管理员。"}};
}

}  // namespace

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return 422;
    case ErrorKind::malformed:
      return 400;
    case ErrorKind::unsigned_in:
      return 401;
    case ErrorKind::denied:
      return 403;
    case ErrorKind::missing:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::too_large:
      return 413;
    case ErrorKind::busy:
      return 429;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::no_space:
      return 507;
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

std::string_view reason_phrase(int status) {
  for (const auto& [known, phrase] : kPhrases) {
    if (known == status) return phrase;
  }
  return "";
}

Response refuse(const Refusal& refusal, const Request& request) {
  return make_problem(refusal, {}, request, request.wants_chinese());
}

Response problem(const Error& error, const Request& request, std::string_view challenge,
                 std::span<const StatusOfCode> statuses) {
  const bool chinese = request.wants_chinese();
  if (error.kind() == ErrorKind::internal) {
    return make_problem(internal_refusal(), {}, request, chinese);
  }
  const auto own = std::ranges::find(statuses, error.code(), &StatusOfCode::code);
  const int status = own == statuses.end() ? status_of(error.kind()) : own->status;
  Response response = make_problem({status, error.code(), error.message(), error.next()},
                                   fields_of(error, chinese), request, chinese);
  if (error.kind() == ErrorKind::unsigned_in) response.headers.set("WWW-Authenticate", challenge);
  return response;
}

Refusal not_found(const Request& request) {
  return {404,
          "not_found",
          {fmt::format("There is nothing at {}.", request.path),
           fmt::format("{} 不存在。", request.path)}};
}

Refusal method_not_allowed(const Request& request, const std::string& allowed) {
  return {
      405,
      "method_not_allowed",
      {fmt::format("{} does not know the method {}; it knows {}.", request.path, request.method,
                   allowed),
       fmt::format("{} 不支持方法 {}，可用的方法有：{}。", request.path, request.method, allowed)}};
}

Refusal body_too_large(std::uint64_t limit) {
  return {413,
          "body_too_large",
          {fmt::format("The body is larger than the {} bytes allowed here.", limit),
           fmt::format("请求体超过此处允许的 {} 字节。", limit)}};
}

Refusal overloaded() {
  return {503,
          "overloaded",
          {"The server has more requests than it can work on.", "服务器当前请求过多。"},
          {"Try again in a few seconds.", "请过几秒后重试。"}};
}

Refusal timed_out() {
  return {408,
          "request_timeout",
          {"The request did not arrive in time.", "未能在限定时间内收到完整请求。"}};
}

Response answer_exception(std::exception_ptr thrown, const Request& request,
                          std::string_view challenge, std::span<const StatusOfCode> statuses) {
  std::string reason = "an exception of an unknown type";
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::internal) {
      return problem(error, request, challenge, statuses);
    }
    reason = error.what();
  } catch (const std::exception& error) {
    reason = error.what();
  } catch (...) {  // `reason` says what is known
  }
  log::error("request {} {} {} failed: {}", request.id, request.method, request.path, reason);
  return make_problem(internal_refusal(), {}, request, request.wants_chinese());
}

}  // namespace cloudbrain::http
