// What all connections of a server share.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

#include "http/connection/workers.h"
#include "http/server.h"

namespace cloudbrain::http {

// Counts open connections, and lets one thread wait until none is left. Safe from any thread.
class ConnectionCount {
 public:
  // False, and not counted, where `limit` are open.
  bool enter(std::size_t limit);
  void leave();
  // True once none is open.
  bool wait_for_none(std::chrono::milliseconds at_most);

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t open_ = 0;
};

// Immutable but for what is safe from any thread by itself.
struct ServerContext {
  ServerContext(ServerOptions chosen, Router routes);

  // 16 hexadecimal digits: eight of this start of the server, eight that count.
  std::string next_request_id();

  const ServerOptions options;
  const Router router;
  Workers workers;
  ConnectionCount connections;

 private:
  const std::string start_id_;
  std::atomic<std::uint32_t> requests_{0};
};

}  // namespace cloudbrain::http
