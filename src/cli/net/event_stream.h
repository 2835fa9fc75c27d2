// Server-sent events out of bytes as they arrive (WHATWG HTML, section 9.2.6).
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace cloudbrain::cli {

struct ServerEvent {
  std::string type;  // "message" where the stream names none
  std::string data;  // lines joined by "\n"
};

// Feed it pieces of any size: an event is handed on once its empty line has come, wherever the
// pieces were cut. Comments are dropped. Not for two threads at once.
class EventStream {
 public:
  explicit EventStream(std::function<void(const ServerEvent&)> on_event)
      : on_event_(std::move(on_event)) {}

  void feed(std::string_view bytes);

  // The id of the last event handed on; sent back as Last-Event-ID after a break. Survives
  // restart().
  const std::string& last_id() const { return last_id_; }
  // Before the bytes of a new connection: what was begun on the old one is dropped.
  void restart();

 private:
  void line(std::string_view text);
  void field(std::string_view name, std::string_view value);
  void dispatch();

  std::function<void(const ServerEvent&)> on_event_;
  std::string pending_;    // of a line that has not ended
  bool after_cr_ = false;  // a "\n" that comes now belongs to the line end before
  bool at_start_ = true;   // a byte order mark may come
  ServerEvent event_;
  bool has_data_ = false;
  std::string id_;  // becomes last_id_ with the event
  std::string last_id_;
};

}  // namespace cloudbrain::cli
