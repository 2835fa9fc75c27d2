// Repositories packed now and then, so that many small pushes do not make them slow.
#pragma once

#include <atomic>
#include <map>
#include <mutex>

#include "base/ids.h"
#include "base/keyed_pool.h"
#include "git/hosting/repositories.h"

namespace cloudbrain {

// Safe from any thread. Packs in one thread of its own, beside readers and pushes.
class Upkeep {
 public:
  explicit Upkeep(const Repositories& repositories);
  // Ends what runs, within a second.
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  // There was a push or a commit. Every so many of them git is asked to look after the repository,
  // which it does where it finds enough to do.
  void note_change(ProjectId project);

 private:
  const Repositories& repositories_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::map<ProjectId, unsigned> changes_;  // since the last look
  KeyedPool pool_{"upkeep", 1};            // last: its jobs use all of the above
};

}  // namespace cloudbrain
