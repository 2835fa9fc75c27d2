// What the statements about data sets share. For the store's own .cpp files.
#pragma once

#include <string>
#include <string_view>

#include "store/datasets.h"
#include "store/sqlite/statement.h"
#include "store/sqlite/task_rows.h"

namespace cloudbrain::store {

// In the order in which Dataset names its members.
inline const std::string kDatasetColumns =
    "d.id, d.project_id, o.name, p.name, d.name, d.description, d.is_public, d.creator_id, c.name, "
    "d.created_at ";
inline const std::string kDatasetTables =
    "FROM datasets d JOIN projects p ON p.id = d.project_id JOIN users o ON o.id = p.owner_id "
    "JOIN users c ON c.id = d.creator_id ";

// Of data sets `d` in projects `p`: those that the project :linking links.
inline const std::string kIsLinked =
    "d.is_public = 1 AND p.is_private = 0 AND EXISTS (SELECT 1 FROM dataset_links l "
    "WHERE l.dataset_id = d.id AND l.project_id = :linking) ";

// The two parts of dataset_file_path(): a data set called like its file needs to be named once.
struct DatasetFileName {
  std::string_view dataset;
  std::string_view file;
};
inline DatasetFileName split_file_path(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {path, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

// Throws conflict "dataset_name_in_use".
[[noreturn]] void throw_dataset_name_in_use(std::string_view name);
// Throws conflict "dataset_in_use" where a task that has not ended uses that content of that data
// set; any content where `sha256` is empty.
void refuse_while_used(Connection& connection, DatasetId id, std::string_view sha256);

}  // namespace cloudbrain::store
