// Says no before a user has more than their quota: at submit, and before an upload's bytes are
// taken.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/quota.h"
#include "git/hosting/repositories.h"
#include "store/quotas.h"
#include "tasks/catalogue.h"

namespace cloudbrain {

// Safe from any thread. Who has no limit costs no counting.
class QuotaCheck {
 public:
  struct Parts {
    store::Database& database;
    const Catalogue& catalogue;
    const Repositories& repositories;
  };

  explicit QuotaCheck(Parts parts) : parts_(parts), rows_(parts.database) {}

  Quota quota(UserId user) const { return rows_.of(user); }
  // Walks the files of the user's repositories.
  QuotaUsage usage(UserId user) const;

  // Whether any limit of `quota` is about tasks.
  static bool limits_tasks(const Quota& quota);
  // One more task of `creator`. Throws conflict "quota_tasks" or "quota_accelerators", with the
  // limit and what is used. Two calls at once may both say yes: the caller lets one in at a time
  // where limits_tasks().
  void need_task(UserId creator, const Quota& quota, const TaskRequest& request) const;

  // How many bytes `owner` may still store; empty where there is no limit.
  std::optional<std::uint64_t> storage_left(UserId owner) const;
  // Throws no_space "quota_storage" where `bytes` more would be too many for `owner`.
  void need_storage(UserId owner, std::uint64_t bytes) const;

 private:
  QuotaUsage task_usage(UserId user) const;
  std::int64_t storage_bytes(UserId owner) const;
  std::int64_t accelerators_of(const TaskRequest& request) const;

  Parts parts_;
  store::Quotas rows_;
};

}  // namespace cloudbrain
