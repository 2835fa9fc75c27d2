// Behind a real nginx.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "base/process.h"
#include "support.h"

namespace cloudbrain::http {
namespace {

std::uint16_t free_port() {
  const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

constexpr std::string_view kConfiguration = R"(
daemon off; master_process off; error_log {0}/error.log; pid {0}/pid; worker_rlimit_nofile 1024;
events {{ worker_connections 256; }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
  upstream cloudbrain {{ server 127.0.0.1:{2}; keepalive 4; }}
  server {{
    listen 127.0.0.1:{1};
    location / {{
      proxy_pass http://cloudbrain; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_request_buffering off;
    }}
    location /old/ {{ proxy_pass http://cloudbrain/; }}
  }}
}}
)";

class Counting final : public Sink {
 public:
  void write(std::span<const char> bytes) override { hash_.update(bytes); }
  Response finish() override { return Response::text(hash_.finish(), "text/plain"); }

 private:
  Sha256 hash_;
};

class Ticks final : public Source {
 public:
  void on_ready(std::function<void()> wake) override { wake_ = std::move(wake); }
  Step read(std::string& out) override {
    append_event(out, std::to_string(++count_));
    if (count_ == 3) return Step::end;
    wake_();
    return Step::wait;
  }

 private:
  std::function<void()> wake_;
  int count_ = 0;
};

class BehindNginx : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("nginx")) GTEST_SKIP() << "nginx is not installed";
    ServerOptions options;
    options.trusted_proxies = {"127.0.0.1"};
    server_ = serve(
        {{"GET", "/peer",
          [](const Request& request) { return Response::text(request.peer, "text/plain"); }},
         {"GET", "/events",
          [](const Request&) { return Response::events(std::make_unique<Ticks>()); }},
         {"GET", "/file",
          [this](const Request&) {
            return Response::file(open_file(directory_.path() / "big", O_RDONLY), "text/plain");
          }},
         {"PUT", "/file",
          [](const Request&) -> std::unique_ptr<Sink> { return std::make_unique<Counting>(); }}},
        std::move(options));
    port_ = free_port();
    const fs::path configuration = directory_.path() / "nginx.conf";
    write_file_atomic(
        configuration,
        fmt::format(kConfiguration, directory_.path().native(), port_, server_->port()),
        Durable::no);
    nginx_ = ChildProcess::start(
        {.argv = {"nginx", "-e", (directory_.path() / "error.log").native(), "-p",
                  directory_.path().native(), "-c", configuration.native()}},
        {});
    ASSERT_TRUE(eventually(
        [&] { return fs::exists(directory_.path() / "pid") && get("/peer") == "127.0.0.1"; }));
    make_file(directory_.path() / "big", 20U << 20U);
  }

  std::string get(std::string_view path, std::vector<std::string> arguments = {}) const {
    arguments.push_back(fmt::format("http://127.0.0.1:{}{}", port_, path));
    return curl(std::move(arguments));
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::optional<ChildProcess> nginx_;
};

TEST_F(BehindNginx, ThePeerIsTheProxysWordNotTheClients) {
  EXPECT_EQ(get("/peer", {"-H", "X-Forwarded-For: 10.9.8.7"}), "127.0.0.1");
  EXPECT_EQ(curl({"-H", "X-Forwarded-For: 10.9.8.7", url(*server_, "/peer")}), "10.9.8.7");
}

TEST_F(BehindNginx, EventsUploadsAndDownloadsPass) {
  EXPECT_EQ(get("/events"), "data: 1\n\ndata: 2\n\ndata: 3\n\n");
  const std::string file = (directory_.path() / "big").native();
  const std::string expected = run_process({.argv = {"sha256sum", file}}).output.substr(0, 64);
  EXPECT_EQ(get("/file", {"-T", file}), expected);
  const std::string copy = (directory_.path() / "copy").native();
  get("/file", {"-o", copy});
  EXPECT_EQ(run_process({.argv = {"sha256sum", copy}}).output.substr(0, 64), expected);
  EXPECT_EQ(get("/file", {"-r", "0-19"}), std::string(20, '0'));
}

TEST_F(BehindNginx, HttpOneZeroUpstreamWorksToo) {
  EXPECT_EQ(get("/old/peer"), "127.0.0.1");
  EXPECT_EQ(get("/old/events"), "data: 1\n\ndata: 2\n\ndata: 3\n\n");
}

}  // namespace
}  // namespace cloudbrain::http
