// A file on its way to the server, which may take several calls (tus 1.0,
// api/routes/upload_routes).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/interrupt.h"
#include "cli/net/api.h"

namespace cloudbrain::cli {

struct UploadPlan {
  std::string project;  // "owner/name"
  std::string dataset;  // a data set, or …
  std::string model;    // … a model
  std::string version;  // and its version
  std::string file;     // its name there
  int descriptor = -1;
  std::uint64_t size = 0;
};

// What a person may want to know meanwhile; all of them are set.
struct UploadEvents {
  std::function<void(std::uint64_t sent)> on_sent;
  std::function<void()> on_known;  // nothing has to be sent
  std::function<void(std::uint64_t offset)> on_resumed;
  std::function<void(const Error& error, int seconds)> on_trouble;  // tried again after so long
};

// Lower-case hex. `on_read` is told about once a megabyte how far it is, and may throw.
std::string sha256_of(const UploadPlan& plan, const std::function<void(std::uint64_t)>& on_read);

// Sends what the server does not have yet. An unfinished upload of the same bytes to the same place
// is taken up, whoever began it and on whichever machine: the server keeps the list. A lost
// connection is tried again for some minutes. Throws what Api throws.
void send_resumable(Api& api, const UploadPlan& plan, const std::string& sha256,
                    const UploadEvents& events, const Interrupt& interrupt);

}  // namespace cloudbrain::cli
