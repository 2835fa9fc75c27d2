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

}  // namespace cloudbrain::store
