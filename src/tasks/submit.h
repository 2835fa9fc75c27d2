// Takes a task in: everything that can be checked now is checked now, all problems at once, and the
// answer is durable.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "git/hosting/repositories.h"
#include "git/reading/revision_reader.h"
#include "store/projects.h"
#include "store/tasks.h"
#include "store/users.h"
#include "tasks/catalogue.h"
#include "tasks/conductor.h"
#include "tasks/images/image_shelf.h"
#include "tasks/quota_check.h"

namespace cloudbrain {

// Safe from any thread.
class Submit {
 public:
  struct Parts {
    store::Database& database;
    const Catalogue& catalogue;
    RevisionReader& revisions;
    ImageShelf& images;
    Conductor& conductor;
    const QuotaCheck& quotas;
    const Clock& clock;
  };

  explicit Submit(Parts parts);

  // Stores the task as V0001 and sets it going. Throws Error invalid with every wrong field, or
  // conflict "task_name_in_use", or what QuotaCheck::need_task throws.
  Task submit(const store::Project& project, UserId creator, const TaskRequest& request);
  // "Modify": the next version of the same name and kind, with `parent` as its parent. The
  // request's name and kind must be the parent's.
  Task modify(const store::Project& project, UserId creator, const Task& parent,
              const TaskRequest& request);

 private:
  Task check(const store::Project& project, UserId creator, const TaskRequest& request);
  store::Event submitted(const Task& task) const;
  // `insert`, if the creator's quota lets one more in.
  void admit(const Task& task, const std::function<void()>& insert);

  Parts parts_;
  store::Tasks tasks_;
  std::mutex quota_turn_;  // held from counting to inserting; only where the creator has a limit
};

}  // namespace cloudbrain
