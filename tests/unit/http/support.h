// What the tests of a running server share.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "http/server.h"

namespace cloudbrain::http {

// A client that sends exactly the bytes it is told to. Gives up after ten seconds of silence.
class Peer {
 public:
  explicit Peer(std::uint16_t port);

  Peer& send(std::string_view bytes);
  void end_sending();
  // Closes by a reset.
  void vanish();

  struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
    bool complete = false;
  };
  // Reads one answer by its own framing. `bodiless`: to a HEAD.
  Answer answer(bool bodiless = false);
  // Shorthand: sends a whole GET and reads the answer.
  Answer get(std::string_view target, std::string_view headers = "");
  // Reads until the text has come; true if it did.
  bool reads(std::string_view text);
  // True once the server has closed, whatever it sends before.
  bool is_closed();
  std::string rest();
  int fd() const { return fd_.get(); }

 private:
  bool fill();

  Fd fd_;
  std::string buffer_;
  bool ended_ = false;
};

// What on_finished was told.
class FinishedList {
 public:
  struct Entry {
    std::string method, pattern, path, peer;
    int status;
    bool complete;
    std::uint64_t bytes_in, bytes_out;
  };
  std::function<void(const Finished&)> hook();
  // Waits until there are so many.
  std::vector<Entry> wait_for(std::size_t count);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
};

// Lets a test wait for something another thread does.
class Event {
 public:
  void set();
  bool wait(std::chrono::milliseconds at_most = std::chrono::seconds(10));

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

// A started server.
std::unique_ptr<Server> serve(std::vector<Route> routes, ServerOptions options = {},
                              Handler fallback = {});
Handler says(std::string text);

// Runs curl; its standard output.
std::string curl(std::vector<std::string> arguments);
std::string url(const Server& server, std::string_view path);

// Polls until `done` holds; false after ten seconds.
bool eventually(const std::function<bool()>& done);
std::size_t resident_bytes();
// The sanitizers keep memory of their own beside ours.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kMemoryTells = false;
#else
inline constexpr bool kMemoryTells = true;
#endif
// A file of that many bytes, no two of its megabytes the same.
void make_file(const fs::path& path, std::uint64_t size);

}  // namespace cloudbrain::http
