#include "support.h"

#include <sys/mman.h>
#include <unistd.h>

namespace cloudbrain::cli {

namespace {

Fd memory_file(std::string_view content = {}) {
  Fd fd(memfd_create("stream", MFD_CLOEXEC));
  write_all(fd.get(), {content.data(), content.size()}, "memory file");
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

std::string content_of(const Fd& fd) {
  std::string text(static_cast<std::size_t>(::lseek(fd.get(), 0, SEEK_END)), '\0');
  if (::pread(fd.get(), text.data(), text.size(), 0) < 0) throw_errno("read", "memory file");
  return text;
}

// Ends, or fails, after one piece of text.
class OnePiece final : public http::Source {
 public:
  OnePiece(std::string text, bool broken) : text_(std::move(text)), broken_(broken) {}
  Step read(std::string& out) override {
    if (!text_.empty()) {
      out += std::exchange(text_, {});
      return Step::more;
    }
    if (broken_) throw Error(ErrorKind::unavailable, "broken", {"Broken.", "断开。"});
    return Step::end;
  }

 private:
  std::string text_;
  bool broken_;
};

}  // namespace

Shell::Shell() {
  environment_["XDG_CONFIG_HOME"] = (folder() / "config").string();
  environment_["HOME"] = folder().string();
}

Shell& Shell::set(const std::string& name, const std::string& value) {
  environment_[name] = value;
  return *this;
}

Shell& Shell::input(std::string text) {
  input_ = std::move(text);
  return *this;
}

Ran Shell::run(const std::vector<std::string>& arguments, CommandTable local) const {
  const Fd in = memory_file(input_);
  const Fd out = memory_file();
  const Fd err = memory_file();
  const Surroundings surroundings{in.get(), out.get(), err.get(), environment_};
  const int code = cli::run(arguments, surroundings, std::move(local));
  return {code, content_of(out), content_of(err)};
}

FakeServer::FakeServer(std::vector<http::Route> routes) {
  for (http::Route& route : routes) {
    if (auto* handler = std::get_if<http::Handler>(&route.handler)) {
      route.handler = remember(std::move(*handler));
    }
  }
  http::ServerOptions options;
  options.io_threads = 1;
  options.worker_threads = 2;
  server_ = std::make_unique<http::Server>(options, http::Router(std::move(routes)));
  server_->start();
}

FakeServer::~FakeServer() {
  server_->stop(std::chrono::milliseconds(0));
}

std::string FakeServer::address() const {
  return fmt::format("http://127.0.0.1:{}", server_->port());
}

std::vector<FakeServer::Asked> FakeServer::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

http::Handler FakeServer::remember(http::Handler handler) {
  return [this, handler = std::move(handler)](const http::Request& request) {
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back({request.method + " " + request.path, request.headers, request.body,
                        request.query_values});
    }
    return handler(request);
  };
}

http::Route answering(std::string method, std::string pattern, json::value body, int status) {
  return {std::move(method), std::move(pattern),
          http::Handler([text = to_text(body), status](const http::Request&) {
            return status == 204 ? http::Response::empty() : http::Response::json(text, status);
          })};
}

http::Response event_stream(std::string text, bool broken) {
  return http::Response::events(std::make_unique<OnePiece>(std::move(text), broken));
}

json::object task_json(std::int64_t id, std::string_view state, json::value exit_code) {
  return {{"id", id},
          {"project", "ann/mnist"},
          {"name", "mnist-1"},
          {"version", "V0001"},
          {"kind", "train"},
          {"state", state},
          {"reason", nullptr},
          {"exit_code", std::move(exit_code)},
          {"creator", "ann"},
          {"created_at", "2026-01-31T08:00:00.000Z"},
          {"started_at", "2026-01-31T08:00:01.000Z"},
          {"ended_at", nullptr},
          {"attempt", 1},
          {"parent", nullptr},
          {"commit", "0123456789abcdef0123456789abcdef01234567"},
          {"cluster", "openi"},
          {"compute", "cpu"},
          {"description", ""},
          {"branch", "main"},
          {"boot_file", "train.py"},
          {"image", "host"},
          {"engine", nullptr},
          {"model", nullptr},
          {"datasets", json::array{"data.zip"}},
          {"params", json::array{json::object{{"name", "lr"}, {"value", "0.1"}}}},
          {"spec", "cpu-1"},
          {"max_runtime_s", 3600}};
}

}  // namespace cloudbrain::cli
