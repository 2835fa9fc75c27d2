// The request target of a message, taken apart and decoded (RFC 3986, RFC 9112 section 3.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"

namespace cloudbrain::http {

struct Target {
  std::string path;                   // decoded, with a leading slash; "*" for OPTIONS *
  std::vector<std::string> segments;  // between the path's slashes, each decoded: may hold a slash
  std::vector<Request::Pair> query;
};

// Origin form and absolute form. More lenient than the grammar with characters that browsers and
// curl send as they are ("[", "|", Chinese); strict with everything that has two readings. Throws
// Error malformed for broken percent-encoding, NUL, invalid UTF-8, "." and "..", a fragment.
Target decode_target(std::string_view target);

}  // namespace cloudbrain::http
