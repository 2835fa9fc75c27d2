#include "store/contents.h"

#include "store/sqlite/statement.h"
#include "store/sqlite/task_rows.h"

namespace cloudbrain::store {

bool is_content_used(Database& database, std::string_view sha256) {
  Reading reading(database);
  // Each argument is bound once and by its own name.
  static const std::string kUsed =
      "SELECT 1 WHERE EXISTS (SELECT 1 FROM dataset_files WHERE sha256 = :dataset) "
      "OR EXISTS (SELECT 1 FROM task_datasets td JOIN tasks t ON t.id = td.task_id "
      "WHERE td.sha256 = :task AND " +
      kLiveTask + ") OR EXISTS (SELECT 1 FROM model_files WHERE sha256 = :model)";
  return value<int>(reading.connection(), kUsed, sha256, sha256, sha256).has_value();
}

bool may_read_content(Database& database, UserId user, std::string_view sha256) {
  Reading reading(database);
  // What is not public is its project's members', in a public project too.
  static const std::string kMayRead =
      "SELECT 1 FROM (SELECT d.project_id, d.is_public FROM dataset_files f "
      "JOIN datasets d ON d.id = f.dataset_id WHERE f.sha256 = :dataset UNION ALL "
      "SELECT m.project_id, m.is_public FROM model_files f JOIN model_versions v "
      "ON v.id = f.version_id JOIN models m ON m.id = v.model_id WHERE f.sha256 = :model) AS c "
      "JOIN projects p ON p.id = c.project_id WHERE (c.is_public = 1 AND p.is_private = 0) "
      "OR p.owner_id = :owner OR EXISTS (SELECT 1 FROM project_members pm "
      "WHERE pm.project_id = p.id AND pm.user_id = :member) LIMIT 1";
  return value<int>(reading.connection(), kMayRead, sha256, sha256, user, user).has_value();
}

}  // namespace cloudbrain::store
