// Tells when files change (inotify), on one thread for the whole server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/files.h"

namespace cloudbrain {

// Safe from any thread. Outlives every Watch it gave.
class Watcher {
 public:
  // Called on the watcher's thread: `name` is the entry inside a watched directory, empty for the
  // watched path itself. Must be quick and must not throw. Events that come together may be
  // reported as one; after an overflow of the kernel's queue every callback is called once.
  using Callback = std::function<void(std::string_view name)>;

  // Ends its watch when destroyed; after that returns the callback is not running and never will
  // (unless it is destroyed from inside the callback, which is allowed).
  class Watch {
   public:
    Watch() = default;
    Watch(Watch&& other) noexcept;
    Watch& operator=(Watch&& other) noexcept;
    ~Watch();
    explicit operator bool() const { return watcher_ != nullptr; }

   private:
    friend class Watcher;
    Watch(Watcher* watcher, std::uint64_t id) : watcher_(watcher), id_(id) {}
    Watcher* watcher_ = nullptr;
    std::uint64_t id_ = 0;
  };

  Watcher();
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // `events` are IN_* bits. The path must exist. Many watches of one path share one inotify watch.
  Watch watch(const fs::path& path, std::uint32_t events, Callback callback);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace cloudbrain
