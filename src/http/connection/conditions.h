// Conditional and range requests (RFC 9110 sections 13 and 14).
#pragma once

#include <cstdint>
#include <optional>

#include "http/headers.h"
#include "http/request.h"

namespace cloudbrain::http {

struct Selection {
  enum class Verdict {
    whole,          // as if nothing had been asked
    part,           // 206 with the bytes below
    not_modified,   // 304
    failed,         // 412
    unsatisfiable,  // 416
  };
  Verdict verdict = Verdict::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

// What of a 200 to GET or HEAD is to be sent. `representation` holds its ETag and Last-Modified.
// `size` is given for bodies that can be sent in part. Several ranges in one request are answered
// with the whole, which section 14.2 allows; dates are compared as text, so that a date of ours
// matches and nothing else does.
Selection select(const Request& request, const Headers& representation,
                 std::optional<std::uint64_t> size);

}  // namespace cloudbrain::http
