// Serves git's smart HTTP protocol (gitprotocol-http(5)) by running `git http-backend` as a CGI
// program (RFC 3875). Knows no sockets: the API hands in a request's parts and moves the bytes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/ids.h"
#include "base/process.h"
#include "git/hosting/repositories.h"
#include "git/limits.h"

namespace cloudbrain {

// The right a request needs.
enum class GitService { fetch, push };

// One HTTP request below <project>.git; values as they came in, empty where absent.
struct GitRequest {
  std::string method;  // GET or POST
  std::string path;    // "/info/refs", "/git-upload-pack", "/git-receive-pack"
  std::string query;   // "service=git-upload-pack"
  std::string content_type;
  std::string content_encoding;                 // gzip is undone by git
  std::string git_protocol;                     // the header Git-Protocol
  std::string user;                             // who it is: appears in reflogs
  bool chinese = false;                         // the language of what a person reads of a push
  std::optional<std::uint64_t> content_length;  // absent where chunked
};

// What the request wants; nullopt for anything that is not smart HTTP, to be answered by 404. The
// dumb protocol is not served.
std::optional<GitService> git_service(const GitRequest& request);

struct GitResponseHead {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // Content-Type, Cache-Control, …
  std::string body_start;  // bytes of the body that were read along with the head
};

// A running git http-backend. Hand it the request's body as it arrives, tell the end, then
// read_head(), then read output() to its end: git answers nothing of substance before it has seen
// the whole body. Both directions are blocking pipes of 1 MiB where the system allows.
//
// Destroyed early (the client went away) it ends git and all its children, which may take two
// seconds; a push is then as if it had never been: git keeps the objects of a push in quarantine
// until all has arrived.
//
// One owner, one thread at a time. SIGPIPE must be ignored by the process.
class GitExchange {
 public:
  GitExchange(GitExchange&&) noexcept = default;
  GitExchange& operator=(GitExchange&&) = delete;
  ~GitExchange();

  // The next bytes of the body. Dropped where git has stopped reading: its answer says why.
  void write(std::span<const char> bytes);
  void end_body() { child_.input().reset(); }

  // Blocks until the head is there. Throws Error internal ("git_failed") where git ends without
  // one.
  GitResponseHead read_head();

  Fd& input() { return child_.input(); }
  Fd& output() { return child_.output(); }

 private:
  friend class SmartHttp;
  GitExchange(ChildProcess child, GitService service)
      : child_(std::move(child)), service_(service) {}
  bool is_pack_too_large() const;

  ChildProcess child_;
  GitService service_;
  // Of a push: git refuses a pack of more bytes in words of its own, so ours go before them.
  std::uint64_t pack_limit_ = 0;
  std::string full_;
  std::uint64_t received_ = 0;
  std::string beginning_;  // of the body
};

// Safe from any thread.
class SmartHttp {
 public:
  // `hook_program` looks at every push (git/push_hook.h).
  SmartHttp(const Repositories& repositories, const fs::path& hook_program);

  // Rights have been checked by git_service. What a push brings stays within `limits`, or is
  // refused as a whole, with a sentence in the pusher's terminal. Throws Error missing
  // ("repository_missing", "git_request").
  GitExchange start(ProjectId project, const GitRequest& request,
                    const GitLimits& limits = {}) const;

 private:
  std::uint64_t room_left(ProjectId project, const GitLimits& limits) const;

  const Repositories& repositories_;
  fs::path hooks_;
};

}  // namespace cloudbrain
