// Takes one request off the wire (RFC 9112), by way of Beast's parser.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/problem.h"
#include "http/request.h"

namespace cloudbrain::http {

struct ReaderLimits {
  std::size_t head;
  std::size_t target;
};

// Strict where two parsers could read a message differently (request smuggling): one length or
// chunked, never both; no other transfer coding; one Host. One object a request.
class RequestReader {
 public:
  explicit RequestReader(const ReaderLimits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Each takes what it can from the front of `input` and returns how much that was; the caller
  // gives the rest again with more behind it. Neither goes past the end of its part. Sets refusal()
  // where the message is not to be had, and is not called again then.
  std::size_t read_head(std::string_view input);
  // Appends the decoded bytes; never more than `input` has.
  std::size_t read_body(std::string_view input, std::string& out);

  bool head_done() const;
  bool body_done() const;
  const std::optional<Refusal>& refusal() const;
  // What follows on the connection is another request. Never after a refusal: where a refused
  // message ends is anybody's guess.
  bool all_read() const { return body_done() && !refusal(); }

  // After the head. Moves method, headers and content length into `request`.
  void take_head(Request& request);
  const std::string& target() const;
  bool http_1_1() const;
  bool keep_alive() const;
  bool expects_continue() const;
  std::optional<std::uint64_t> content_length() const;  // nullopt: chunked, or no body

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace cloudbrain::http
