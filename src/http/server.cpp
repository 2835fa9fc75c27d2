#include "http/server.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "http/connection/io_loop.h"
#include "http/connection/server_context.h"

namespace cloudbrain::http {

bool ConnectionCount::enter(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (open_ >= limit) return false;
  ++open_;
  return true;
}

void ConnectionCount::leave() {
  const std::lock_guard lock(mutex_);
  if (--open_ == 0) none_.notify_all();
}

bool ConnectionCount::wait_for_none(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, at_most, [&] { return open_ == 0; });
}

ServerContext::ServerContext(ServerOptions chosen, Router routes)
    : options(std::move(chosen)),
      router(std::move(routes)),
      workers(options.worker_threads, options.queue_limit),
      start_id_(random_hex(4)) {}

std::string ServerContext::next_request_id() {
  return start_id_ + fmt::format("{:08x}", requests_.fetch_add(1));
}

namespace {

asio::ip::tcp::endpoint endpoint_of(const ServerOptions& options) {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options.address, error);
  if (!error) return {address, options.port};
  throw Error(ErrorKind::invalid, "bad_listen_address",
              {fmt::format("\"{}\" is no IPv4 or IPv6 address to listen on.", options.address),
               fmt::format("“{}”不是可监听的 IPv4 或 IPv6 地址。", options.address)},
              {"Give 127.0.0.1 for this machine alone, 0.0.0.0 for all networks.",
               "仅本机访问请用 127.0.0.1，所有网络可访问请用 0.0.0.0。"});
}

[[noreturn]] void throw_listen_error(const ServerOptions& options, const error_code& error) {
  const std::string where = fmt::format("{}:{}", options.address, options.port);
  if (error == asio::error::address_in_use) {
    throw Error(ErrorKind::conflict, "port_in_use",
                {fmt::format("{} is in use by another program.", where),
                 fmt::format("{} 已被其他程序占用。", where)},
                {"Choose another port.", "请换一个端口。"});
  }
  const ErrorKind kind =
      error == asio::error::access_denied ? ErrorKind::denied : ErrorKind::invalid;
  throw Error(kind, "cannot_listen",
              {fmt::format("Cannot listen on {}: {}.", where, error.message()),
               fmt::format("无法监听 {}：{}。", where, error.message())});
}

// SO_REUSEPORT would let us share a port with another server of the same user unnoticed, so the
// port is first taken without it. Also picks the free one for port 0.
asio::ip::tcp::endpoint claim(const asio::ip::tcp::endpoint& wanted) {
  asio::io_context io;
  asio::ip::tcp::acceptor probe(io);
  probe.open(wanted.protocol());
  probe.set_option(asio::socket_base::reuse_address(true));
  probe.bind(wanted);
  return probe.local_endpoint();
}

}  // namespace

class Server::State {
 public:
  State(ServerOptions options, Router router) : context_(std::move(options), std::move(router)) {}

  void start() {
    asio::ip::tcp::endpoint endpoint = endpoint_of(context_.options);
    const unsigned loops = std::max(1U, context_.options.io_threads);
    try {
      if (loops > 1) endpoint = claim(endpoint);
      for (unsigned i = 0; i < loops; ++i) {
        loops_.push_back(std::make_unique<IoLoop>(context_));
        loops_.back()->listen(endpoint, loops > 1);
      }
    } catch (const boost::system::system_error& error) {
      loops_.clear();
      throw_listen_error(context_.options, error.code());
    }
    port_ = loops_.front()->endpoint().port();
    for (const auto& loop : loops_) loop->start();
  }

  void stop(std::chrono::milliseconds grace) {
    if (loops_.empty()) return;
    for (const auto& loop : loops_) loop->begin_stop();
    if (!context_.connections.wait_for_none(grace)) {
      log::warning("cutting the connections that did not finish within {} ms", grace.count());
    }
    for (const auto& loop : loops_) loop->cut();
    context_.workers.stop();
    for (const auto& loop : loops_) loop->join();
    loops_.clear();
  }

  std::uint16_t port() const { return port_; }
  const Router& router() const { return context_.router; }

 private:
  ServerContext context_;
  std::vector<std::unique_ptr<IoLoop>> loops_;
  std::uint16_t port_ = 0;
};

Server::Server(ServerOptions options, Router router)
    : state_(std::make_unique<State>(std::move(options), std::move(router))) {}
Server::~Server() {
  stop();
}

void Server::start() {
  state_->start();
}
std::uint16_t Server::port() const {
  return state_->port();
}
const Router& Server::router() const {
  return state_->router();
}
void Server::stop(std::chrono::milliseconds grace) {
  state_->stop(grace);
}

}  // namespace cloudbrain::http
