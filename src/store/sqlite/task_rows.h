// For the store's own .cpp files: the columns of a task.
#pragma once

#include <string>

namespace cloudbrain::store {

// In the order in which Task names its members; kind and name are inside the request.
inline const std::string kTaskColumns =
    "t.id, t.project_id, t.creator_id, t.request_json, t.version, t.parent_id, t.commit_id, "
    "t.inputs_json, t.state, t.reason_json, t.exit_code, t.attempt, t.handle, t.revision, "
    "t.priority, "
    "t.created_at, t.ready_at, t.started_at, t.ended_at ";

// The same words as the partial index tasks_live, so that it is used.
inline const std::string kLiveTask = "t.state IN ('PREPARING', 'WAITING', 'RUNNING', 'STOPPING') ";

}  // namespace cloudbrain::store
