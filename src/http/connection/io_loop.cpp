#include "http/connection/io_loop.h"

#include <sys/socket.h>

#include "base/log.h"
#include "http/connection/connection.h"
#include "http/connection/quiet_thread.h"

namespace cloudbrain::http {

namespace {

constexpr std::size_t kScratch = 256U << 10U;

// Short enough for the shortest timeout to be kept within a quarter of it.
std::chrono::milliseconds sweep_interval(const ServerOptions& options) {
  const auto shortest = std::min({options.head_timeout, options.idle_timeout, options.stall_timeout,
                                  options.keep_alive_comment});
  return std::clamp(shortest / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(1000));
}

// Without a request there is nothing to answer in full; nobody waits for this to be written.
void send_overloaded(Socket& socket) {
  constexpr std::string_view kAnswer =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n";
  error_code ignored;
  std::ignore = socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(kAnswer), ignored);
  std::ignore = socket.shutdown(Socket::shutdown_send, ignored);
}

}  // namespace

IoLoop::IoLoop(ServerContext& context) : context_(context), scratch_(kScratch, '\0') {}

IoLoop::~IoLoop() = default;

void IoLoop::listen(const asio::ip::tcp::endpoint& endpoint, bool shared) {
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(Acceptor::reuse_address(true));
  const int on = shared ? 1 : 0;
  ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  acceptor_.bind(endpoint);
  acceptor_.listen(4096);
}

void IoLoop::start() {
  asio::post(io_, [this] {
    accept();
    sweep();
  });
  thread_ = quiet_thread("http-io", [this] { io_.run(); });
}

void IoLoop::accept() {
  accepting_ = true;
  acceptor_.async_accept([this](error_code error, Socket socket) {
    accepting_ = false;
    if (stopping_) return;
    if (error) {
      // Most likely no descriptor is left; the next sweep tries again.
      log::warning("cannot accept a connection: {}", error.message());
      return;
    }
    error_code gone;
    const asio::ip::tcp::endpoint peer = socket.remote_endpoint(gone);
    if (!gone) on_accepted(std::move(socket), peer);
    accept();
  });
}

void IoLoop::on_accepted(Socket socket, const asio::ip::tcp::endpoint& peer) {
  if (!context_.connections.enter(context_.options.connection_limit)) {
    send_overloaded(socket);
    return;
  }
  asio::ip::address address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  const auto connection =
      std::make_shared<Connection>(*this, std::move(socket), address.to_string());
  connections_.insert(connection);
  connection->start();
}

void IoLoop::forget(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) > 0) context_.connections.leave();
}

template <typename Action>
void IoLoop::for_each_connection(Action action) {
  // A copy: a connection that ends takes itself out of the set.
  const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
  for (const auto& connection : all) action(*connection);
}

void IoLoop::sweep() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for_each_connection([&](Connection& connection) { connection.check(now); });
  if (stopping_) return;
  if (!accepting_) accept();
  timer_.expires_after(sweep_interval(context_.options));
  timer_.async_wait([this](error_code error) {
    if (!error) sweep();
  });
}

void IoLoop::begin_stop() {
  asio::post(io_, [this] {
    stopping_ = true;
    error_code ignored;
    std::ignore = acceptor_.close(ignored);
    for_each_connection([](Connection& connection) { connection.begin_stop(); });
  });
}

void IoLoop::cut() {
  asio::post(io_, [this] {
    timer_.cancel();
    for_each_connection([](Connection& connection) { connection.cut(); });
  });
}

void IoLoop::join() {
  if (!thread_.joinable()) return;
  // Behind everything the workers posted.
  asio::post(io_, [this] { io_.stop(); });
  thread_.join();
}

}  // namespace cloudbrain::http
