#include "http/connection/workers.h"

#include "http/connection/quiet_thread.h"

namespace cloudbrain::http {

Workers::Workers(unsigned threads, std::size_t request_limit) : request_limit_(request_limit) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    Sleeper& sleeper = all_sleepers_.emplace_back();
    threads_.push_back(quiet_thread("http-worker", [this, &sleeper] { run(sleeper); }));
  }
}

Workers::~Workers() {
  stop();
}

bool Workers::try_post(Job job) {
  std::unique_lock lock(mutex_);
  if (stopped_ || waiting_requests_ >= request_limit_) return false;
  ++waiting_requests_;
  queue_.push_back({std::move(job), true});
  unlock_and_wake(lock);
  return true;
}

void Workers::post(Job job) {
  std::unique_lock lock(mutex_);
  if (stopped_) {
    lock.unlock();
    return job();
  }
  queue_.push_back({std::move(job), false});
  unlock_and_wake(lock);
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (Sleeper* sleeper : sleepers_) {
      sleeper->woken = true;
      sleeper->wake.notify_one();
    }
    sleepers_.clear();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::unlock_and_wake(std::unique_lock<std::mutex>& lock) {
  Sleeper* sleeper = nullptr;
  if (!queue_.empty() && !wake_under_way_ && !sleepers_.empty()) {
    wake_under_way_ = true;
    sleeper = sleepers_.back();
    sleepers_.pop_back();
    sleeper->woken = true;
  }
  lock.unlock();
  if (sleeper != nullptr) sleeper->wake.notify_one();
}

void Workers::sleep(std::unique_lock<std::mutex>& lock, Sleeper& self) {
  self.woken = false;
  sleepers_.push_back(&self);
  self.wake.wait(lock, [&] { return self.woken; });
  wake_under_way_ = false;
}

void Workers::run(Sleeper& self) {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (queue_.empty() && !stopped_) sleep(lock, self);
    if (queue_.empty()) return;
    Entry entry = std::move(queue_.front());
    queue_.pop_front();
    if (entry.is_request) --waiting_requests_;
    unlock_and_wake(lock);
    entry.job();
    entry.job = nullptr;  // what it holds may take time to destroy
    lock.lock();
  }
}

}  // namespace cloudbrain::http
