// An engine in memory, for the tests of the rooms above: a launch runs until the test says how it
// ends.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "engines/engine.h"

namespace cloudbrain {

// Keeps the promises of Engine. Safe from any thread; callbacks come on the thread of the call that
// caused them. `clock` outlives it.
class FakeEngine final : public Engine {
 public:
  FakeEngine(const Clock& clock, Offer capacity);

  Offer offer() override;
  std::optional<Text> why_impossible(const Launch& launch) override;
  std::optional<Handle> start(const Launch& launch, const std::string& folder) override;
  std::vector<Report> look(std::span<const Handle> handles) override;
  void stop(const Handle& handle, std::chrono::seconds grace) override;
  void forget(const Handle& handle) override;
  void on_change(std::function<void(TaskId)> callback) override;

  // What the test does. An attempt that is not running is left alone.
  void end(TaskId task, End how);
  void lose(TaskId task);
  void set_capacity(Offer capacity);
  // Off: every call of Engine throws Error unavailable, as a cluster that does not answer.
  void set_available(bool available);
  // On (the default): stop() ends the attempt at once. Off: the script ignores it until end().
  void set_obeys_stop(bool obeys);

  // What the test asks.
  int starts(TaskId task) const;  // attempts ever begun
  int running() const;
  std::optional<Launch> launch_of(TaskId task) const;  // of its latest attempt
  bool was_stopped(TaskId task) const;

 private:
  using Key = std::pair<TaskId, int>;
  struct Attempt {
    Launch launch;
    Report report;
    bool stop_asked = false;
    bool holds_resources = true;
  };

  void require_available() const;
  bool fits(const Launch& launch) const;
  Offer offer_locked() const;
  Attempt* latest(TaskId task);
  const Attempt* latest(TaskId task) const;
  void finish(TaskId task, Phase phase, std::optional<End> end);
  void tell(TaskId task);

  const Clock& clock_;
  mutable std::mutex mutex_;
  Offer capacity_;
  bool available_ = true;
  bool obeys_stop_ = true;
  std::map<Key, Attempt> attempts_;
  std::mutex callback_mutex_;  // held while the callback runs, so that on_change({}) waits for it
  std::function<void(TaskId)> callback_;
};

}  // namespace cloudbrain
