// The server's API as calls that give JSON, and its refusals as errors.
#pragma once

#include <string>

#include "base/error.h"
#include "base/json.h"
#include "cli/net/http_client.h"
#include "cli/net/path.h"

namespace cloudbrain::cli {

// One wrong field, in the language that was asked for.
struct ProblemDetail {
  std::string field;
  std::string code;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(ProblemDetail, (), (field, code, message))

// A refusal of the server, read from problem+json (RFC 9457). Its texts are in the one language
// that was asked for.
class ServerProblem final : public Error {
 public:
  struct Answer {
    int status = 0;
    std::string request_id;  // names it in the server's log
    std::vector<ProblemDetail> details;
    json::value document;  // as sent; null where it was no problem+json
  };
  ServerProblem(Error error, Answer answer) : Error(std::move(error)), answer_(std::move(answer)) {}

  const Answer& answer() const { return answer_; }

 private:
  Answer answer_;
};

// What an answer that is no success means.
ServerProblem problem_of(const HttpAnswer& answer, const std::string& server);

// One server, one token. All calls throw ServerProblem for an answer outside 2xx, and what
// HttpClient throws. One thread.
class Api {
 public:
  // `token` may be empty: signed out.
  Api(std::string server, std::string token, bool chinese);

  const std::string& server() const { return server_; }

  json::value get(const Path& path) { return json_of("GET", path, nullptr); }
  json::value post(const Path& path, const json::value& body) {
    return json_of("POST", path, &body);
  }
  json::value put(const Path& path, const json::value& body) { return json_of("PUT", path, &body); }
  json::value patch(const Path& path, const json::value& body) {
    return json_of("PATCH", path, &body);
  }
  // Null for an answer without content, as most are.
  json::value post(const Path& path) { return json_of("POST", path, nullptr); }
  json::value remove(const Path& path) { return json_of("DELETE", path, nullptr); }

  // The first `limit` items of a list that comes in pages: {"items":[…],"next":…}.
  json::value list(const Path& path, std::size_t limit);

  // Fills in the address, the token and the language; gives any 2xx answer as it is.
  HttpAnswer call(HttpCall call, const Path& path);

  template <typename T>
  T get_as(const Path& path) {
    return from_json<T>(get(path), UnknownMembers::ignore);
  }

 private:
  json::value json_of(const char* method, const Path& path, const json::value* body);

  HttpClient http_;
  std::string server_;
  std::string token_;
  std::string language_;
};

}  // namespace cloudbrain::cli
