// Who uses a data set.
#pragma once

#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "domain/task.h"
#include "store/database.h"

namespace cloudbrain::store {

// A task that was submitted with it.
struct DatasetTask {
  TaskId id;
  ProjectId project;
  std::string name;
  int version = 1;
  TaskState state = TaskState::PREPARING;
};
BOOST_DESCRIBE_STRUCT(DatasetTask, (), (id, project, name, version, state))

class DatasetUses {
 public:
  explicit DatasetUses(Database& database) : database_(database) {}

  // That link it.
  std::vector<ProjectId> projects(DatasetId dataset) const;
  // The newest first, at most `limit`.
  std::vector<DatasetTask> tasks(DatasetId dataset, int limit) const;

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
