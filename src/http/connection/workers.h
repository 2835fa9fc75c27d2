// The threads that run handlers.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cloudbrain::http {

// Safe from any thread, except stop: once, by the owner.
//
// Waking a thread costs more than a small request does, so wakes are spared: at most one is under
// way at a time, and whoever takes a job passes it on while more wait. The thread that went to
// sleep last is woken first: its stack is still in the cache, and the others can sleep on.
class Workers {
 public:
  using Job = std::function<void()>;  // throws nothing

  // `request_limit`: how many new requests may wait.
  Workers(unsigned threads, std::size_t request_limit);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // A new request's job. False, and nothing done, where too many wait already.
  bool try_post(Job job);
  // The next step of something under way. Never refused: refusing it would waste what was done.
  void post(Job job);

  // Runs what is queued, then ends the threads. Jobs posted later run at once in the caller.
  void stop();

 private:
  struct Entry {
    Job job;
    bool is_request;
  };
  struct Sleeper {
    std::condition_variable wake;
    bool woken = false;
  };
  void run(Sleeper& self);
  void sleep(std::unique_lock<std::mutex>& lock, Sleeper& self);
  void unlock_and_wake(std::unique_lock<std::mutex>& lock);

  const std::size_t request_limit_;
  std::mutex mutex_;
  std::deque<Entry> queue_;
  std::size_t waiting_requests_ = 0;
  // One a thread; they outlive the threads, as whoever wakes one does so after unlocking.
  std::deque<Sleeper> all_sleepers_;
  std::vector<Sleeper*> sleepers_;
  bool wake_under_way_ = false;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cloudbrain::http
