#include "http/workers.h"

#include <pthread.h>

namespace cloudbrain::http {

Workers::Workers(unsigned threads, std::size_t request_limit) : request_limit_(request_limit) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { run(); });
    ::pthread_setname_np(threads_.back().native_handle(), "http-worker");
  }
}

Workers::~Workers() {
  stop();
}

bool Workers::try_post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || waiting_requests_ >= request_limit_) return false;
    ++waiting_requests_;
    queue_.push_back({std::move(job), true});
  }
  wake_.notify_one();
  return true;
}

void Workers::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_) {
      queue_.push_back({std::move(job), false});
      wake_.notify_one();
      return;
    }
  }
  job();
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopped_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Entry entry = std::move(queue_.front());
    queue_.pop_front();
    if (entry.is_request) --waiting_requests_;
    lock.unlock();
    entry.job();
    entry.job = nullptr;  // what it holds may take time to destroy
    lock.lock();
  }
}

}  // namespace cloudbrain::http
