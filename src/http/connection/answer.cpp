#include "http/connection/answer.h"

#include "http/connection/conditions.h"
#include "http/dates.h"
#include "http/problem.h"

namespace cloudbrain::http {

namespace {

using Framing = Answer::Framing;

// nullopt: only the end of the body will tell.
std::optional<std::uint64_t> size_of(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return text->size();
  if (const auto* file = std::get_if<File>(&body)) return file->size;
  if (const auto* stream = std::get_if<Stream>(&body)) return stream->size;
  return std::nullopt;
}

void drop_body(Response& response) {
  response.body = std::string();
  response.headers.remove("Content-Type");
}

// Turns a 200 into 206, 304, 412 or 416 where the request asks for it.
Selection apply_conditions(const Request& request, Response& response) {
  const auto* file = std::get_if<File>(&response.body);
  if (file != nullptr) response.headers.set("Accept-Ranges", "bytes");
  const bool safe = request.method == "GET" || request.method == "HEAD";
  if (response.status != 200 || !safe) return {};
  const auto size = file != nullptr ? std::optional(file->size) : std::nullopt;
  const Selection selection = select(request, response.headers, size);
  switch (selection.verdict) {
    case Selection::Verdict::whole:
      break;
    case Selection::Verdict::part:
      response.status = 206;
      response.headers.set("Content-Range",
                           fmt::format("bytes {}-{}/{}", selection.first,
                                       selection.first + selection.length - 1, *size));
      break;
    case Selection::Verdict::not_modified:
      response.status = 304;
      drop_body(response);
      break;
    case Selection::Verdict::failed:
      response.status = 412;
      drop_body(response);
      break;
    case Selection::Verdict::unsatisfiable:
      response.status = 416;
      response.headers.set("Content-Range", fmt::format("bytes */{}", *size));
      drop_body(response);
      break;
  }
  return selection;
}

void write_field(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

void write_framing(Answer& answer, bool http_1_1) {
  if (answer.framing == Framing::chunked) {
    write_field(answer.head, "Transfer-Encoding", "chunked");
  }
  if (!answer.keep_alive) {
    write_field(answer.head, "Connection", "close");
  } else if (!http_1_1) {
    write_field(answer.head, "Connection", "keep-alive");
  }
}

// Fields that only this file may write.
bool is_ours(std::string_view name) {
  for (const std::string_view own :
       {"Content-Length", "Transfer-Encoding", "Connection", "Date", "X-Request-Id"}) {
    if (equals_ignoring_case(name, own)) return true;
  }
  return false;
}

}  // namespace

Answer prepare_answer(const Request& request, Response response, const AnswerRules& rules) {
  const Selection selection = apply_conditions(request, response);
  if (rules.add_headers != nullptr && *rules.add_headers) {
    (*rules.add_headers)(request, response.headers);
  }
  const bool bodiless = response.status == 204 || response.status == 304;
  std::optional<std::uint64_t> size = size_of(response.body);
  if (selection.verdict == Selection::Verdict::part) size = selection.length;

  Answer answer{.status = response.status,
                .first = selection.first,
                .length = size.value_or(0),
                .keep_alive = rules.keep_alive};
  if (bodiless || request.method == "HEAD") {
    response.body = std::string();
  } else if (size) {
    answer.framing = Framing::sized;
  } else if (rules.http_1_1) {
    answer.framing = Framing::chunked;
  } else {
    answer.framing = Framing::until_close;
    answer.keep_alive = false;
  }

  answer.head.reserve(512);
  answer.head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  write_field(answer.head, "Date", http_date(std::time(nullptr)));
  for (const auto& [name, value] : response.headers) {
    if (!is_ours(name)) write_field(answer.head, name, value);
  }
  if (size && !bodiless) write_field(answer.head, "Content-Length", fmt::format("{}", *size));
  write_field(answer.head, "X-Request-Id", request.id);
  write_framing(answer, rules.http_1_1);
  answer.head += "\r\n";
  answer.body = std::move(response.body);
  return answer;
}

}  // namespace cloudbrain::http
