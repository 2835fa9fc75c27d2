// One I/O thread: its acceptor, its connections, its clock.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "http/connection/asio.h"
#include "http/connection/server_context.h"

namespace cloudbrain::http {

class Connection;

// Made, started and stopped by the server's owner; everything else happens on its own thread.
class IoLoop {
 public:
  explicit IoLoop(ServerContext& context);
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  // Before start. `shared`: other loops listen on the same port (SO_REUSEPORT), so that the kernel
  // spreads the connections. Throws boost::system::system_error.
  void listen(const asio::ip::tcp::endpoint& endpoint, bool shared);
  asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  void start();

  // The steps of the end, in this order; each returns at once but join.
  void begin_stop();  // no new connections; those with nothing under way close
  void cut();         // all close
  void join();        // after the workers have ended

  // For connections, on this thread.
  asio::io_context& io() { return io_; }
  ServerContext& context() { return context_; }
  bool stopping() const { return stopping_; }
  // Where all connections of this thread receive into: an idle one owns no buffer.
  std::string& scratch() { return scratch_; }
  void forget(const std::shared_ptr<Connection>& connection);

 private:
  void accept();
  void on_accepted(Socket socket, const asio::ip::tcp::endpoint& peer);
  void sweep();
  template <typename Action>
  void for_each_connection(Action action);

  ServerContext& context_;
  asio::io_context io_{1};
  Acceptor acceptor_{io_};
  Timer timer_{io_};
  std::string scratch_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool accepting_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cloudbrain::http
