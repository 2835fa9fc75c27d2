#include "base/keyed_pool.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <pthread.h>

#include "base/log.h"

namespace cloudbrain {

class KeyedPool::State {
 public:
  explicit State(std::string name) : name_(std::move(name)) {}

  void start(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { run(); });
      pthread_setname_np(threads_.back().native_handle(), name_.c_str());
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void post(std::string key, std::function<void()> job) {
    {
      const std::lock_guard lock(mutex_);
      // A key is ready when its first job arrives; while it has jobs it stays in `queues_`.
      auto [queue, fresh] = queues_.try_emplace(key);
      queue->second.push_back(std::move(job));
      if (!fresh) return;
      ready_.push_back(std::move(key));
    }
    wake_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
      if (stopping_) return;
      const std::string key = std::move(ready_.front());
      ready_.pop_front();
      const auto queue = queues_.find(key);
      std::function<void()> job = std::move(queue->second.front());
      queue->second.pop_front();
      lock.unlock();
      perform(std::move(job));
      lock.lock();
      finish(key);
    }
  }

  void finish(const std::string& key) {
    const auto queue = queues_.find(key);
    if (queue->second.empty()) {
      queues_.erase(queue);
    } else {
      ready_.push_back(key);
      wake_.notify_one();
    }
  }

  // Takes the job over, so that what it captured is gone before the lock is taken again.
  void perform(std::function<void()> job) const {
    try {
      job();
    } catch (const std::exception& error) {
      log::error("{}: a job failed: {}", name_, error.what());
    }
  }

  const std::string name_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, std::deque<std::function<void()>>> queues_;
  std::deque<std::string> ready_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

KeyedPool::KeyedPool(std::string name, unsigned threads)
    : state_(std::make_unique<State>(std::move(name))) {
  state_->start(threads);
}

KeyedPool::~KeyedPool() {
  state_->stop();
}

void KeyedPool::post(std::string key, std::function<void()> job) {
  state_->post(std::move(key), std::move(job));
}

}  // namespace cloudbrain
