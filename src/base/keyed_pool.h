// A pool of threads that runs jobs in order per key and in parallel across keys: one slow step per
// task at a time, many tasks at once.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace cloudbrain {

// Safe from any thread. The destructor waits for the jobs that run and drops those that wait.
class KeyedPool {
 public:
  // `name` names the threads; at most 15 characters.
  KeyedPool(std::string name, unsigned threads);
  ~KeyedPool();
  KeyedPool(const KeyedPool&) = delete;
  KeyedPool& operator=(const KeyedPool&) = delete;

  // Jobs of one key run one after another, in the order posted. An exception that leaves a job is
  // logged as an error; a job is expected to catch its own.
  void post(std::string key, std::function<void()> job);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace cloudbrain
