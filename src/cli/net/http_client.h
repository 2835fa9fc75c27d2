// One HTTP exchange after another, each running in the calling thread, with bodies that stream both
// ways. libcurl lives in the .cpp alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudbrain::cli {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case; the last of each name
  std::string body;                            // empty where on_body took it

  bool ok() const { return status >= 200 && status < 300; }
  std::string_view header(const std::string& name) const;
};

// So many bytes of a file to send, from `first` on. Not owned.
struct FileBody {
  int descriptor = -1;
  std::uint64_t size = 0;
  std::uint64_t first = 0;
};

struct HttpCall {
  std::string method = "GET";
  std::string url;  // complete and encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  std::optional<FileBody> file;                     // instead of `body`
  std::function<void(std::uint64_t sent)> on_sent;  // while `file` goes out

  // Only for answers with a 2xx status; others are collected in HttpAnswer::body, up to 1 MiB. What
  // these throw ends the exchange and comes out of perform(). While on_body runs nothing is
  // received: a slow reader slows the server down.
  std::function<void(const HttpAnswer& head)> on_head;  // before the first byte of a body
  std::function<void(std::string_view piece)> on_body;

  // About once a second while nothing happens.
  std::function<void()> on_idle;
  // Broken off after this long without a byte in either direction.
  std::chrono::seconds silence_limit{120};
  // Readable: perform() throws Error "interrupted". -1: nothing to watch.
  int interrupt = -1;
};

// Keeps connections open for the next call. Proxies are taken from the usual variables, but never
// for this machine itself. Certificates are verified. Redirects are not followed: a token is for
// one server. One thread.
class HttpClient {
 public:
  HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // Throws Error unavailable: "server_unreachable" where no connection came about,
  // "connection_lost" where it broke or fell silent before the answer was complete.
  HttpAnswer perform(const HttpCall& call);

 private:
  class Exchange;
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

// "host:8080" and "http://host:8080/" become "http://host:8080"; nullopt for what is no http or
// https address, or has a user, a query or a fragment.
std::optional<std::string> server_address(std::string_view text);

}  // namespace cloudbrain::cli
