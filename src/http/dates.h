// Dates of HTTP headers.
#pragma once

#include <ctime>
#include <string>

namespace cloudbrain::http {

// IMF-fixdate of RFC 9110 section 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT.
std::string http_date(std::time_t time);

}  // namespace cloudbrain::http
