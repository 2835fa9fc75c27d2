// The web server: sockets on a few I/O threads, handlers on workers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"

namespace cloudbrain::http {

// One finished request. Holds nothing secret: no query, no header.
struct Finished {
  std::string_view method;
  std::string_view
      pattern;  // of the route; empty where none matched. Never the path: it is endless
  std::string_view path;
  std::string_view peer;
  std::string_view request_id;
  int status = 0;              // 0: the client went away before there was an answer
  bool complete = true;        // false: cut short on the way
  std::uint64_t bytes_in = 0;  // of bodies
  std::uint64_t bytes_out = 0;
  std::chrono::microseconds duration{0};  // from the end of the request's head
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;             // 0: a free one, see Server::port
  unsigned io_threads = 2;
  unsigned worker_threads = 12;
  std::size_t queue_limit = 1024;  // requests waiting for a worker; more are answered with 503
  std::size_t connection_limit = 10'000;  // more are answered with 503 and closed
  std::size_t head_limit = 16U << 10U;    // request line and headers; more: 431
  std::size_t target_limit = 8U << 10U;   // more: 414
  std::chrono::milliseconds head_timeout =
      std::chrono::seconds(30);  // whole head, from its first byte
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);  // between requests
  std::chrono::milliseconds stall_timeout =
      std::chrono::seconds(60);  // no progress of a body, either way
  std::chrono::milliseconds keep_alive_comment = std::chrono::seconds(15);
  // Peers whose X-Forwarded-For is believed (its last entry becomes Request::peer).
  std::vector<std::string> trusted_proxies = {};
  // Adds headers to every response (a content security policy). Any thread; quick; does not throw.
  std::function<void(const Request&, Headers&)> add_headers = {};
  // Called once for every request, on an I/O thread: quick, does not throw.
  std::function<void(const Finished&)> on_finished = {};
};

// start and stop are called by one thread; the destructor stops.
class Server {
 public:
  Server(ServerOptions options, Router router);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens and returns. Throws Error: invalid for an address that is none, conflict for a port in
  // use, denied for one that needs more rights.
  void start();
  // Valid after start.
  std::uint16_t port() const;
  const Router& router() const;

  // Stops accepting, closes idle connections, ends sources that wait, lets requests under way
  // finish for at most `grace`, cuts what is left, and returns when all threads have ended. It
  // waits for handlers that run, however long they do.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds(5));

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace cloudbrain::http
