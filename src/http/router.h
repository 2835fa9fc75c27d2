// Which handler answers which request.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/request.h"
#include "http/response.h"
#include "http/sink.h"

namespace cloudbrain::http {

// Both run on a worker, concurrently for different requests, and may block. A thrown Error becomes
// problem+json, any other exception a 500 without details.

// Runs when the whole body is in request.body.
using Handler = std::function<Response(const Request&)>;
// Runs after the head is read and before the body, so that rights and sizes are checked first; to
// refuse, throw. The request outlives the sink, which may keep a reference.
using StreamingHandler = std::function<std::unique_ptr<Sink>(const Request&)>;

struct Route {
  std::string method;
  // Literal, so that grep finds it: "/api/v2/tasks/{id}/log". A capture {name} is one segment, not
  // empty, or a part of one ("/{owner}/{repository}.git/info/refs"). The last may be {name...}: the
  // rest of the path, slashes and all; it may be empty, and the slash before it may be missing
  // then.
  std::string pattern;
  std::variant<Handler, StreamingHandler> handler;
  // Larger bodies are answered with 413 before they are read on. Without a value: 1 MiB for a
  // Handler, no limit for a StreamingHandler.
  std::optional<std::uint64_t> body_limit = std::nullopt;
  // WWW-Authenticate of a 401. Basic makes git ask for a password, and would make a browser do so.
  std::string challenge = "Bearer realm=\"cloudbrain\"";
  std::span<const StatusOfCode> statuses = {};  // outlive the router
};

// The table of all routes, found by a trie. Immutable: safe from any thread.
class Router {
 public:
  // Throws Error internal, naming the patterns, where two routes could answer the same request with
  // neither more literal than the other, or where a pattern is wrong. `fallback`, where given,
  // answers what no pattern matches (the console's pages); without it: 404.
  explicit Router(std::vector<Route> routes, Handler fallback = {});
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  const std::vector<Route>& routes() const { return routes_; }
  const Handler& fallback() const { return fallback_; }

  struct Match {
    const Route* route = nullptr;  // nullptr: nothing answers this method and path
    std::vector<Request::Pair> args;
    std::vector<std::string> allowed;  // methods this path knows, where the method was wrong
  };
  // `segments`: the path split at its slashes, each decoded. Segment by segment a literal wins over
  // a part-capture, that over a capture, that over the rest. HEAD is answered by GET.
  Match match(std::string_view method, const std::vector<std::string>& segments) const;

 private:
  struct Node;
  struct Walk;
  std::vector<Route> routes_;
  Handler fallback_;
  std::unique_ptr<Node> root_;
};

}  // namespace cloudbrain::http
