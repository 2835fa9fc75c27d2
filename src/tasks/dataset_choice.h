// What a task's choice of data sets stands for: files.
#pragma once

#include <string>
#include <vector>

#include "domain/task.h"
#include "store/database.h"
#include "store/projects.h"

namespace cloudbrain {

struct DatasetChoice {
  std::vector<DatasetInput> inputs;    // in the order chosen; those of one data set by name
  std::vector<FieldProblem> problems;  // with the field "datasets[i]" that has it
};

// `chosen` names data sets that the project owns or links ("faces": all of its files) and single
// files of them ("faces/part1.zip"). A file may still be unpacking, but may not have failed; no two
// files may take the same place below the data set root.
DatasetChoice settle_dataset_choice(store::Database& database, const store::Project& project,
                                    const std::vector<std::string>& chosen);

}  // namespace cloudbrain
