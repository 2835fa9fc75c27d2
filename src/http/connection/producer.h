// Where the bytes of a body that is more than text come from.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <sys/types.h>

#include "http/connection/answer.h"
#include "http/connection/asio.h"

namespace cloudbrain::http {

// Used by one thread at a time: the I/O thread, or a worker on its behalf.
class Producer {
 public:
  enum class Pulled {
    more,    // pull again once the bytes, if any, are sent
    part,    // pull again once part() is sent
    wait,    // nothing more until `resume` is called
    work,    // only work() can tell
    end,     // the bytes, if any, are the last
    failed,  // cut the body short
  };

  virtual ~Producer() = default;

  // On the I/O thread, never blocks. Both put the next piece into `out`, which comes in with
  // whatever the last piece left there.
  virtual Pulled pull(std::string& out) = 0;
  // On a worker, may block, may throw. The first call for every body.
  virtual Pulled work(std::string& out) = 0;
  // After `part`: bytes for sendfile, which spares the copy.
  struct FilePart {
    int fd = -1;
    off_t at = 0;
    std::size_t length = 0;
  };
  virtual FilePart part() { return {}; }
  // On the I/O thread, after `wait`: sees to it that `resume` is called, on any thread.
  virtual void arm(const std::function<void()>& resume) = 0;
};

// For a body other than text. `resume` is what a Source gets as its wake function; `io` is where a
// Pipe is waited for.
std::unique_ptr<Producer> make_producer(Answer& answer, asio::io_context& io,
                                        std::function<void()> resume);

}  // namespace cloudbrain::http
