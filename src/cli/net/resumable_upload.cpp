#include "cli/net/resumable_upload.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <fmt/format.h>
#include <unistd.h>

#include "api/views.h"
#include "base/hash.h"
#include "cli/exit_codes.h"

namespace cloudbrain::cli {

namespace {

// Without progress: 1, 2, 4 … seconds, about four minutes in all.
constexpr int kMostFailures = 8;
constexpr int kLongestPause = 60;

struct Place {
  std::string id;
  std::uint64_t offset = 0;
};

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

HttpCall tus_call(const char* method, const Interrupt& interrupt) {
  HttpCall call;
  call.interrupt = interrupt.descriptor();
  call.method = method;
  call.headers.emplace_back("Tus-Resumable", "1.0.0");
  return call;
}

std::optional<Place> find_unfinished(Api& api, const UploadPlan& plan, const std::string& sha256) {
  for (const api::UploadView& upload : api.get_as<api::UploadList>(Path{"uploads"}).items) {
    const bool same = upload.state == "open" && upload.sha256 == sha256 &&
                      upload.project == plan.project && upload.dataset == plan.dataset &&
                      upload.model == plan.model && upload.version == plan.version &&
                      upload.file == plan.file &&
                      static_cast<std::uint64_t>(upload.size) == plan.size;
    if (same) return Place{upload.id, static_cast<std::uint64_t>(upload.offset)};
  }
  return std::nullopt;
}

std::string metadata_of(const UploadPlan& plan, const std::string& sha256) {
  const std::array<std::pair<const char*, const std::string*>, 6> all{{{"project", &plan.project},
                                                                       {"dataset", &plan.dataset},
                                                                       {"model", &plan.model},
                                                                       {"version", &plan.version},
                                                                       {"filename", &plan.file},
                                                                       {"sha256", &sha256}}};
  std::string text;
  for (const auto& [name, value] : all) {
    if (value->empty()) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ",", name, base64_encode(*value));
  }
  return text;
}

Place create(Api& api, const UploadPlan& plan, const std::string& sha256,
             const Interrupt& interrupt) {
  HttpCall call = tus_call("POST", interrupt);
  call.body = "";
  call.headers.emplace_back("Upload-Length", std::to_string(plan.size));
  call.headers.emplace_back("Upload-Metadata", metadata_of(plan, sha256));
  const HttpAnswer answer = api.call(std::move(call), Path{"uploads"});
  const std::string_view address = answer.header("location");
  return {std::string(address.substr(address.rfind('/') + 1)),
          number_of(answer.header("upload-offset"))};
}

std::uint64_t append(Api& api, const UploadPlan& plan, const Place& place,
                     const UploadEvents& events, const Interrupt& interrupt) {
  HttpCall call = tus_call("PATCH", interrupt);
  call.headers.emplace_back("Content-Type", "application/offset+octet-stream");
  call.headers.emplace_back("Upload-Offset", std::to_string(place.offset));
  call.file = FileBody{plan.descriptor, plan.size - place.offset, place.offset};
  call.on_sent = [&](std::uint64_t sent) { events.on_sent(place.offset + sent); };
  return number_of(api.call(std::move(call), Path{"uploads", place.id}).header("upload-offset"));
}

// Worth another try: the way was broken, the server is busy, or it counted otherwise.
bool may_pass(const Error& error) {
  if (error.code() == kConnectionLostError || error.code() == kUnreachableError) return true;
  const auto* problem = dynamic_cast<const ServerProblem*>(&error);
  if (problem == nullptr) return false;
  const int status = problem->answer().status;
  const bool counted_otherwise =
      error.code() == "upload_offset" || error.code() == "upload_taken_over";
  return counted_otherwise || status == 423 || status == 429 || (status >= 502 && status <= 504);
}

}  // namespace

std::string sha256_of(const UploadPlan& plan, const std::function<void(std::uint64_t)>& on_read) {
  Sha256 hash;
  std::vector<char> piece(1U << 20U);
  std::uint64_t done = 0;
  while (done < plan.size) {
    const ssize_t count =
        ::pread(plan.descriptor, piece.data(), piece.size(), static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("read", plan.file);
    if (count == 0) break;  // it became shorter: the server will say so
    hash.update(std::span(piece).first(static_cast<std::size_t>(count)));
    done += static_cast<std::uint64_t>(count);
    on_read(done);
  }
  return hash.finish();
}

void send_resumable(Api& api, const UploadPlan& plan, const std::string& sha256,
                    const UploadEvents& events, const Interrupt& interrupt) {
  std::optional<Place> place = find_unfinished(api, plan, sha256);
  if (place) {
    events.on_resumed(place->offset);
  } else {
    place = create(api, plan, sha256, interrupt);
    if (place->offset == plan.size) return events.on_known();
  }
  int failures = 0;
  while (true) {
    try {
      // Also where all bytes are there already: an empty one has the end tried again.
      if (append(api, plan, *place, events, interrupt) == plan.size) return;
    } catch (const Error& error) {
      if (!may_pass(error) || ++failures > kMostFailures) throw;
      const int pause = std::min(kLongestPause, 1 << (failures - 1));
      events.on_trouble(error, pause);
      interrupt.sleep(pause * 1000);
    }
    try {
      const auto now = api.get_as<api::UploadView>(Path{"uploads", place->id});
      const auto offset = static_cast<std::uint64_t>(now.offset);
      if (offset > place->offset) failures = 0;
      place->offset = offset;
      if (now.state == "done") return;
    } catch (const Error& error) {
      if (!may_pass(error)) throw;
    }
  }
}

}  // namespace cloudbrain::cli
