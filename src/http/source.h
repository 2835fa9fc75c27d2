// A response body that grows while it is sent: server-sent events, a zip made as it goes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace cloudbrain::http {

// One per response. The server owns it and destroys it, on a worker, as soon as the body has ended
// or the client is gone.
class Source {
 public:
  enum class Step {
    more,  // read again once this is on its way
    wait,  // nothing more now; read again after the next wake
    end,   // the body is complete
  };

  virtual ~Source() = default;

  // Called before the first read, once. The source may call `wake` from any thread, at any time,
  // as often as it likes, until its destructor returns; calls that come close together give one
  // read. It never blocks. A wake during a read that answers `wait` is not lost. A source that
  // never answers `wait` need not keep it.
  virtual void on_ready(std::function<void()> /*wake*/) {}

  // Appends what there is, at most about 256 KiB a call; may be called without a wake. Runs on a
  // worker and may block on files; waiting for news is what `wait` is for: it holds no thread and
  // next to no memory. Never called concurrently. Thrown: logged, and the body is cut short so that
  // the client can tell.
  virtual Step read(std::string& out) = 0;
};

// Appends one server-sent event (WHATWG HTML, section 9.2.6). Each line of `data` (split at LF, CR
// or CRLF) becomes a data field. `event` and `id` are left out where empty and hold no line end.
void append_event(std::string& out, std::string_view data, std::string_view event = {},
                  std::string_view id = {});

}  // namespace cloudbrain::http
