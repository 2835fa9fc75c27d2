// Whether a task may begin with the model that was chosen for it.
#pragma once

#include <vector>

#include "domain/task.h"
#include "store/database.h"
#include "store/projects.h"

namespace cloudbrain {

// What is wrong with request.model: the name, the version or the file does not exist, or the
// version is not ready; or that there is none, where the kind needs one. Where all is well, the
// choice then has the model's own spelling and names the file even if it was left out (which only
// serves a version with a single one).
std::vector<FieldProblem> settle_model_choice(store::Database& database,
                                              const store::Project& project, TaskRequest& request);

}  // namespace cloudbrain
