// A repository that somebody else serves, brought here once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/ids.h"
#include "git/hosting/repositories.h"
#include "git/importing/import_address.h"

namespace cloudbrain {

struct ImportRequest {
  std::string url;       // http, https or git
  std::string user;      // with `password`, for http and https; empty where nothing is asked
  std::string password;  // or an access token
  bool allow_private_addresses = false;
  std::uint64_t max_bytes = 2ULL << 30U;
  std::chrono::seconds time_limit = std::chrono::hours(2);
};

struct ImportProgress {
  int percent = 0;  // of what the other side sends, as far as it tells
  std::uint64_t bytes = 0;
};

// Checks what can be checked without asking the network: the URL's form and its scheme. Throws as
// parse_import_url.
void check_import(const ImportRequest& request);

// Makes the repository of `project` with the branches, tags and default branch of what is at `url`.
// Whole or not there; synced to disk. A repository of `project` without any reference gives way
// (tell RevisionReader::forget before). Blocks for as long as it takes; `progress` is called from
// this thread, at most some times a second; `stop` ends it within a second.
//
// Connects to the addresses that were checked and to no others: the name is asked for once, no
// redirect, alternate or bundle is followed, submodules are not fetched. Name and password are in
// the environment of git's processes for the time of the call and nowhere else: no argument, log,
// error or configuration has them. Bounded by max_bytes on disk (checked some times a second) and
// time_limit.
//
// Throws Error
//   invalid, field import_url       as parse_import_url and resolve_import_host
//   invalid, field import_password  "import_denied": name or password is missing or wrong
//   invalid    "import_failed" with what git said, "import_redirected", "import_missing",
//              "import_stopped"
//   too_large  "import_too_large"
//   unavailable  "import_unreachable", "import_timeout"
//   conflict   "repository_exists"
void import_repository(Repositories& repositories, ProjectId project, const ImportRequest& request,
                       const std::function<void(const ImportProgress&)>& progress = {},
                       const std::stop_token& stop = {});
// The second half of it: `address` is what the request's URL was found to be.
void import_from(Repositories& repositories, ProjectId project, const ImportRequest& request,
                 ImportAddress address, const std::function<void(const ImportProgress&)>& progress,
                 const std::stop_token& stop);

}  // namespace cloudbrain
