#include "store/quotas.h"

#include "store/settings.h"
#include "store/sqlite/statement.h"
#include "store/sqlite/task_rows.h"
#include "store/users.h"

namespace cloudbrain::store {

namespace {

struct RequestRow {
  TaskRequest request;
};
BOOST_DESCRIBE_STRUCT(RequestRow, (), (request))

}  // namespace

Quota Quotas::of(UserId user) const {
  if (const auto found = Users(database_).find(user); found && found->quota) return *found->quota;
  return Settings(database_).get().default_quota;
}

std::vector<TaskRequest> Quotas::live_tasks(UserId creator) const {
  Reading reading(database_);
  std::vector<TaskRequest> requests;
  for (RequestRow& live : rows<RequestRow>(
           reading.connection(),
           "SELECT t.request_json FROM tasks t WHERE t.creator_id = :creator AND " + kLiveTask,
           creator)) {
    requests.push_back(std::move(live.request));
  }
  return requests;
}

std::int64_t Quotas::dataset_bytes(UserId owner) const {
  Reading reading(database_);
  return value<long long>(
             reading.connection(),
             "SELECT COALESCE(SUM(size_bytes), 0) FROM (SELECT DISTINCT f.sha256, f.size_bytes "
             "FROM projects p JOIN datasets d ON d.project_id = p.id "
             "JOIN dataset_files f ON f.dataset_id = d.id "
             "WHERE p.owner_id = :owner) AS contents",
             owner)
      .value_or(0);
}

std::int64_t Quotas::model_bytes(UserId owner) const {
  Reading reading(database_);
  return value<long long>(
             reading.connection(),
             "SELECT COALESCE(SUM(size_bytes), 0) FROM (SELECT DISTINCT "
             "CASE f.sha256 WHEN '' THEN f.version_id || '/' || f.path ELSE f.sha256 END, "
             "f.size_bytes FROM projects p JOIN models m ON m.project_id = p.id "
             "JOIN model_versions v ON v.model_id = m.id JOIN model_files f ON f.version_id = v.id "
             "WHERE p.owner_id = :owner) AS contents",
             owner)
      .value_or(0);
}

std::int64_t Quotas::upload_bytes(UserId owner) const {
  Reading reading(database_);
  return value<long long>(reading.connection(),
                          "SELECT COALESCE(SUM(u.size_bytes), 0) FROM uploads u "
                          "LEFT JOIN projects p ON p.id = u.project_id "
                          "WHERE u.state = 'open' AND COALESCE(p.owner_id, u.creator_id) = :owner",
                          owner)
      .value_or(0);
}

std::vector<ProjectId> Quotas::owned_projects(UserId owner) const {
  Reading reading(database_);
  return rows<ProjectId>(reading.connection(),
                         "SELECT id FROM projects WHERE owner_id = :owner ORDER BY id", owner);
}

}  // namespace cloudbrain::store
