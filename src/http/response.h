// What a handler answers: a status, headers and exactly one body.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "http/headers.h"
#include "http/request.h"
#include "http/source.h"

namespace cloudbrain::http {

// A part of an open regular file, sent as it is when the answer starts: what is appended later is
// not sent. Ranges, conditions and HEAD are the server's work (RFC 9110 sections 13 and 14).
struct File {
  Fd fd;
  std::uint64_t size = 0;  // bytes from the start of the file that are the representation
};

// What a program writes, sent as it comes, chunked.
struct Pipe {
  Fd output;              // a pipe's reading end
  std::string beginning;  // bytes already read from it, sent first
  // Waited for after the end of `output`. Ending other than with 0 cuts the body short, so that the
  // client can tell. Killed when the client goes away.
  std::optional<ChildProcess> child;
  // Called once on a worker, after the child has ended by itself; not called if it was killed.
  std::function<void(const ExitStatus&)> on_exit;
};

// A Source and how to send it.
struct Stream {
  std::unique_ptr<Source> source;
  std::optional<std::uint64_t> size;  // exact, where known: becomes Content-Length
  // While the source waits, a comment line goes out after this much silence, so that proxies keep
  // the connection and a vanished client is noticed. What the source gave before it answered
  // `wait` has to end with a whole event then.
  bool keep_alive_comments = false;
};

using Body = std::variant<std::string, File, Pipe, Stream>;

// The server adds Date, Content-Length or Transfer-Encoding, Connection, X-Request-Id and, for
// files, Accept-Ranges and Content-Range; a handler sets none of these. A 200 to GET with an ETag
// becomes 304 by itself where If-None-Match says so, whatever the body.
struct Response {
  int status = 200;
  Headers headers;
  Body body;

  static Response empty(int status = 204);
  static Response text(std::string text, std::string_view content_type, int status = 200);
  static Response json(std::string text, int status = 200);
  static Response redirect(std::string_view location, int status = 303);
  // The whole of an open regular file as it is now. Sets ETag (from inode, size and time of change)
  // and Last-Modified; set your own ETag after that if you know a better one, such as a content
  // hash.
  static Response file(Fd fd, std::string_view content_type);
  static Response pipe(Pipe pipe, std::string_view content_type);
  static Response stream(std::unique_ptr<Source> source, std::string_view content_type,
                         std::optional<std::uint64_t> size = std::nullopt);
  // Server-sent events: text/event-stream, no caching, no buffering in nginx, keep-alive comments.
  static Response events(std::unique_ptr<Source> source);
};

// A value of Content-Disposition that makes a browser save under this name, whatever is in it
// (RFC 6266, RFC 8187).
std::string attachment(std::string_view file_name);

// The status an error is answered with.
int status_of(ErrorKind kind);

// An Error's code that a protocol answers with a status of its own, whatever its kind.
struct StatusOfCode {
  std::string_view code;
  int status = 0;
};

// application/problem+json (RFC 9457) in the language of the request. For internal errors neither
// message nor code get out, only the request id under which the log has them.
// `challenge` is the value of WWW-Authenticate for unsigned_in; `statuses` go before status_of().
Response problem(const Error& error, const Request& request,
                 std::string_view challenge = "Bearer realm=\"cloudbrain\"",
                 std::span<const StatusOfCode> statuses = {});

}  // namespace cloudbrain::http
