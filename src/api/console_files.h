// The console's files, embedded in the program when it was built.
#pragma once

#include "http/request.h"
#include "http/response.h"

namespace cloudbrain::api {

// Answers what no route matches: an asset, or the console's page for any of its own addresses.
// Paths below /api and /assets that do not exist are a 404.
http::Response console_response(const http::Request& request);

}  // namespace cloudbrain::api
