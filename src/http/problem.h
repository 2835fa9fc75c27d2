// What the server itself refuses, with statuses that no ErrorKind has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/request.h"
#include "http/response.h"

namespace cloudbrain::http {

struct Refusal {
  int status;
  std::string code;
  Text message;
  Text next = {};
};

Response refuse(const Refusal& refusal, const Request& request);

// The phrase after a status; "" for one we never send.
std::string_view reason_phrase(int status);

Refusal not_found(const Request& request);
Refusal method_not_allowed(const Request& request, const std::string& allowed);
Refusal body_too_large(std::uint64_t limit);
Refusal overloaded();
Refusal timed_out();

// Any exception as an answer. What is our own fault is logged under the request's id.
Response answer_exception(std::exception_ptr thrown, const Request& request,
                          std::string_view challenge, std::span<const StatusOfCode> statuses = {});

}  // namespace cloudbrain::http
