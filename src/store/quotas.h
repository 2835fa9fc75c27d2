// What a user may have at a time, and the rows that count against it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "domain/quota.h"
#include "domain/task.h"
#include "store/database.h"

namespace cloudbrain::store {

class Quotas {
 public:
  explicit Quotas(Database& database) : database_(database) {}

  // The user's own quota, else the platform's default.
  Quota of(UserId user) const;
  // What the user's tasks that have not ended were submitted with.
  std::vector<TaskRequest> live_tasks(UserId creator) const;
  // Bytes of the data sets in the projects that the user owns; the same bytes count once.
  std::int64_t dataset_bytes(UserId owner) const;
  // The same of models. What is being imported counts before its content is known.
  std::int64_t model_bytes(UserId owner) const;
  // What unfinished uploads will take: into the user's projects, and the user's own parts that name
  // no project.
  std::int64_t upload_bytes(UserId owner) const;
  std::vector<ProjectId> owned_projects(UserId owner) const;

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
