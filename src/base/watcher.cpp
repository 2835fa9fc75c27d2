#include "base/watcher.h"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/error.h"

namespace cloudbrain {

class Watcher::State {
 public:
  State() : inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)), stop_(::eventfd(0, EFD_CLOEXEC)) {
    if (!inotify_ || !stop_) throw_errno("inotify_init1", "");
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "watcher");
  }

  ~State() {
    const std::uint64_t one = 1;
    (void)!::write(stop_.get(), &one, sizeof one);
    thread_.join();
  }

  std::uint64_t add(const fs::path& path, std::uint32_t events, Callback callback) {
    const std::lock_guard lock(mutex_);
    // IN_MASK_ADD: a second watch of the same inode widens the first one's mask.
    const int descriptor = ::inotify_add_watch(inotify_.get(), path.c_str(), events | IN_MASK_ADD);
    if (descriptor < 0) throw_errno("inotify_add_watch", path.native());
    const std::uint64_t id = ++last_id_;
    entries_[id] = Entry{descriptor, events, std::make_shared<Callback>(std::move(callback))};
    by_descriptor_[descriptor].insert(id);
    return id;
  }

  void remove(std::uint64_t id) {
    std::unique_lock lock(mutex_);
    const auto entry = entries_.find(id);
    if (entry == entries_.end()) return;
    const auto group = by_descriptor_.find(entry->second.descriptor);
    group->second.erase(id);
    if (group->second.empty()) {
      ::inotify_rm_watch(inotify_.get(), group->first);
      by_descriptor_.erase(group);
    }
    entries_.erase(entry);
    // Promise of Watch: its callback is not running once it is gone.
    if (std::this_thread::get_id() == thread_.get_id()) return;
    idle_.wait(lock, [&] { return running_ != id; });
  }

 private:
  struct Entry {
    int descriptor = -1;
    std::uint32_t events = 0;
    std::shared_ptr<Callback> callback;  // shared: remove() may come while it runs
  };

  void run() {
    std::array<pollfd, 2> waits{pollfd{inotify_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
    while (true) {
      if (::poll(waits.data(), waits.size(), -1) < 0) continue;
      if (waits[1].revents != 0) return;
      read_events();
    }
  }

  void read_events() {
    alignas(inotify_event) std::array<char, 65536> buffer;  // NOLINT
    const ssize_t length = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (length <= 0) return;
    // A busy log gives thousands of equal events: each (watch, name) is reported once a read.
    std::set<std::pair<std::uint64_t, std::string>> due;
    for (ssize_t at = 0; at < length;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      collect(*event, due);
    }
    for (const auto& [id, name] : due) call(id, name);
  }

  void collect(const inotify_event& event, std::set<std::pair<std::uint64_t, std::string>>& due) {
    const std::lock_guard lock(mutex_);
    const std::string name = event.len > 0 ? event.name : "";
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      for (const auto& [id, entry] : entries_) due.emplace(id, "");
      return;
    }
    const auto group = by_descriptor_.find(event.wd);
    if (group == by_descriptor_.end()) return;
    for (const std::uint64_t id : group->second) {
      if ((entries_[id].events & event.mask) != 0) due.emplace(id, name);
    }
  }

  void call(std::uint64_t id, const std::string& name) {
    std::shared_ptr<Callback> callback;
    {
      const std::lock_guard lock(mutex_);
      const auto entry = entries_.find(id);
      if (entry == entries_.end()) return;
      callback = entry->second.callback;
      running_ = id;
    }
    (*callback)(name);
    {
      const std::lock_guard lock(mutex_);
      running_ = 0;
    }
    idle_.notify_all();
  }

  Fd inotify_;
  Fd stop_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::uint64_t last_id_ = 0;
  std::uint64_t running_ = 0;
  std::map<std::uint64_t, Entry> entries_;
  std::map<int, std::set<std::uint64_t>> by_descriptor_;
  std::thread thread_;
};

Watcher::Watcher() : state_(std::make_unique<State>()) {}
Watcher::~Watcher() = default;

Watcher::Watch Watcher::watch(const fs::path& path, std::uint32_t events, Callback callback) {
  return {this, state_->add(path, events, std::move(callback))};
}

Watcher::Watch::Watch(Watch&& other) noexcept
    : watcher_(std::exchange(other.watcher_, nullptr)), id_(other.id_) {}

Watcher::Watch& Watcher::Watch::operator=(Watch&& other) noexcept {
  std::swap(watcher_, other.watcher_);
  std::swap(id_, other.id_);
  return *this;
}

Watcher::Watch::~Watch() {
  if (watcher_ != nullptr) watcher_->state_->remove(id_);
}

}  // namespace cloudbrain
