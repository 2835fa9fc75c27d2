// A task's row as the API shows it.
#pragma once

#include "api/views.h"
#include "store/tasks.h"

namespace cloudbrain::api {

ReasonView reason_view(const Reason& reason, bool chinese);
TaskView task_view(const store::ListedTask& row, bool chinese);

}  // namespace cloudbrain::api
