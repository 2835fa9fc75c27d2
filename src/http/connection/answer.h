// A response made ready for the wire.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "http/request.h"
#include "http/response.h"

namespace cloudbrain::http {

struct Answer {
  // How the client knows where the body ends (RFC 9112 section 6.3).
  enum class Framing { none, sized, chunked, until_close };

  int status = 0;
  std::string head;  // status line to empty line
  Body body;
  Framing framing = Framing::none;
  std::uint64_t first = 0;   // where in a File to start
  std::uint64_t length = 0;  // of a sized body
  bool keep_alive = false;
};

struct AnswerRules {
  bool http_1_1 = true;
  bool keep_alive = true;
  const std::function<void(const Request&, Headers&)>* add_headers = nullptr;
};

// Applies conditions, ranges, HEAD and framing. A body that is not to be sent is destroyed here, so
// this runs on a worker wherever the body is more than text.
Answer prepare_answer(const Request& request, Response response, const AnswerRules& rules);

}  // namespace cloudbrain::http
