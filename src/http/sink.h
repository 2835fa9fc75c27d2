// Where a request body that streams in goes: a file, a hash, a program.
#pragma once

#include <span>

#include "http/response.h"

namespace cloudbrain::http {

// One per request, made by a StreamingHandler. All calls happen on workers, one at a time, in
// order. Destroyed without finish(): the client went away or its body was cut short.
class Sink {
 public:
  virtual ~Sink() = default;

  // The next bytes, about 256 KiB at most; the server receives the following ones meanwhile. An
  // Error thrown here is the answer; the rest of the body is not read and the connection closes.
  virtual void write(std::span<const char> bytes) = 0;

  // The body is complete: what to answer.
  virtual Response finish() = 0;
};

}  // namespace cloudbrain::http
