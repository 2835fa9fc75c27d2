// What the tests of the command line share: running it in this process, and a server to run it
// against.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "cli/cli.h"
#include "http/server.h"

namespace cloudbrain::cli {

struct Ran {
  int code = -1;
  std::string out;
  std::string err;

  json::value json() const { return parse_json(out); }
};

// Runs commands with variables of its own, an empty configuration folder, and files in place of the
// three streams.
class Shell {
 public:
  Shell();

  Shell& set(const std::string& name, const std::string& value);
  Shell& input(std::string text);
  Ran run(const std::vector<std::string>& arguments, CommandTable local = {}) const;

  const fs::path& folder() const { return folder_.path(); }
  fs::path credentials() const { return folder() / "config/cloudbrain/credentials.json"; }

 private:
  TemporaryDirectory folder_;
  std::map<std::string, std::string, std::less<>> environment_;
  std::string input_;
};

// A server that answers what a test tells it to, and remembers what it was asked.
class FakeServer {
 public:
  explicit FakeServer(std::vector<http::Route> routes);
  ~FakeServer();

  std::string address() const;
  std::uint16_t port() const { return server_->port(); }

  struct Asked {
    std::string line;  // "GET /api/v2/me", decoded
    http::Headers headers;
    std::string body;
    std::vector<http::Request::Pair> query;
  };
  // All requests that reached a handler made by `remember`.
  std::vector<Asked> asked() const;

 private:
  http::Handler remember(http::Handler handler);

  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::unique_ptr<http::Server> server_;
};

// A route that always answers this JSON.
http::Route answering(std::string method, std::string pattern, json::value body, int status = 200);

// Sends the text and ends, or breaks the connection off where `broken`.
http::Response event_stream(std::string text, bool broken = false);

// A task as the server shows it.
json::object task_json(std::int64_t id, std::string_view state, json::value exit_code = nullptr);

}  // namespace cloudbrain::cli
