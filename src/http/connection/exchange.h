// One request and what becomes of it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "http/connection/answer.h"
#include "http/connection/producer.h"
#include "http/router.h"
#include "http/sink.h"

namespace cloudbrain::http {

// A connection's I/O thread owns it, and hands it to one worker at a time.
struct Exchange {
  Request request;
  const Route* route = nullptr;      // nullptr: the fallback answers, or nobody
  const Handler* handler = nullptr;  // one of these two where a handler is to run
  const StreamingHandler* streaming = nullptr;
  std::uint64_t body_limit = 0;
  AnswerRules rules;

  std::unique_ptr<Sink> sink;
  Answer answer;
  std::unique_ptr<Producer> producer;  // nullptr: the body is text
  bool is_source = false;
  bool keep_alive_comments = false;

  std::chrono::steady_clock::time_point began;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

}  // namespace cloudbrain::http
