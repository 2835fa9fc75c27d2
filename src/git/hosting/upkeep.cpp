#include "git/hosting/upkeep.h"

#include <string>

#include "base/error.h"
#include "base/log.h"

namespace cloudbrain {

namespace {

constexpr unsigned kChangesBetweenLooks = 20;

}  // namespace

Upkeep::Upkeep(const Repositories& repositories) : repositories_(repositories) {}

Upkeep::~Upkeep() {
  stopping_ = true;
}

void Upkeep::note_change(ProjectId project) {
  {
    const std::lock_guard lock(mutex_);
    if (++changes_[project] < kChangesBetweenLooks) return;
    changes_.erase(project);
  }
  pool_.post(std::to_string(project.value), [this, project] {
    if (stopping_) return;
    try {
      repositories_.maintain(project, [this] { return stopping_.load(); });
    } catch (const Error& error) {
      log::warning("repository {} was not packed: {}", project.value, error.what());
    }
  });
}

}  // namespace cloudbrain
