// Any bytes as an HTTP request. What comes of them must not depend on how they were cut in pieces,
// a body must not be longer than what was sent, and a decoded path must not climb.
//
// clang-format off: tests/fuzz/run reads these lines
// Sources: src/http/connection/request_reader.cpp src/http/connection/target.cpp src/http/headers.cpp
// Sources: src/http/request.cpp src/base/error.cpp src/base/json.cpp src/base/clock.cpp
// Libraries: -lfmt -lboost_url -lboost_json -lboost_container
// clang-format on
#include <cstdlib>

#include "base/error.h"
#include "http/connection/request_reader.h"
#include "http/connection/target.h"

namespace {

using namespace cloudbrain;
using namespace cloudbrain::http;

struct Outcome {
  int refused = 0;
  bool head = false;
  bool done = false;
  std::string target;
  std::string body;
  std::size_t fields = 0;

  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t piece) {
  RequestReader reader({2048, 512});
  Outcome outcome;
  std::string pending;
  while (!bytes.empty() && !reader.refusal() && !reader.body_done()) {
    pending += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    if (!reader.head_done()) pending.erase(0, reader.read_head(pending));
    if (reader.head_done() && !reader.refusal() && !reader.body_done() && !pending.empty()) {
      pending.erase(0, reader.read_body(pending, outcome.body));
    }
  }
  outcome.head = reader.head_done() && !reader.refusal();
  outcome.done = outcome.head && reader.body_done();
  if (reader.refusal()) outcome.refused = reader.refusal()->status;
  if (outcome.head) {
    Request request;
    outcome.target = reader.target();
    reader.take_head(request);
    outcome.fields = request.headers.size();
    static_cast<void>(request.wants_chinese());
    static_cast<void>(request.cookie("session"));
  }
  return outcome;
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = read(bytes, size + 1);
  const Outcome cut = read(bytes, 1 + size % 7);
  // In pieces, a fault may stay unseen until the line it is in has ended; it is never let through.
  if (whole.refused != 0 || cut.refused != 0) {
    check(!whole.done && !cut.done);
  } else if (whole.done || cut.done) {
    check(whole == cut);
  } else {
    check(whole.head == cut.head && whole.target == cut.target && whole.body.starts_with(cut.body));
  }
  check(whole.body.size() <= size);
  for (const std::string_view target : {std::string_view(whole.target), bytes}) {
    try {
      const Target decoded = decode_target(target);
      check(decoded.path == "*" || decoded.path.starts_with('/'));
      check((decoded.path + "/").find("/../") == std::string::npos);
      check(decoded.path.find('\0') == std::string::npos);
    } catch (const Error& error) {
      check(error.kind() == ErrorKind::malformed);
    }
  }
  return 0;
}
