#include "store/datasets/dataset_uses.h"

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

std::vector<ProjectId> DatasetUses::projects(DatasetId dataset) const {
  Reading reading(database_);
  return rows<ProjectId>(
      reading.connection(),
      "SELECT project_id FROM dataset_links WHERE dataset_id = :dataset ORDER BY project_id",
      dataset);
}

std::vector<DatasetTask> DatasetUses::tasks(DatasetId dataset, int limit) const {
  Reading reading(database_);
  return rows<DatasetTask>(
      reading.connection(),
      "SELECT t.id, t.project_id, t.name, t.version, t.state FROM tasks t WHERE t.id IN "
      "(SELECT td.task_id FROM task_datasets td WHERE td.dataset_id = :dataset) "
      "ORDER BY t.id DESC LIMIT :limit",
      dataset, limit);
}

}  // namespace cloudbrain::store
