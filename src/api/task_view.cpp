#include "api/task_view.h"

namespace cloudbrain::api {

ReasonView reason_view(const Reason& reason, bool chinese) {
  return {reason.code, chinese ? reason.message.zh : reason.message.en,
          chinese ? reason.next.zh : reason.next.en};
}

TaskView task_view(const store::ListedTask& row, bool chinese) {
  const Task& task = row.task;
  const TaskRequest& request = task.request;
  TaskView view;
  view.id = task.id.value;
  view.project = row.project_owner + "/" + row.project_name;
  view.name = request.name;
  view.version = version_text(task.version);
  view.kind = request.kind;
  view.state = task.state;
  if (task.reason) view.reason = reason_view(*task.reason, chinese);
  view.exit_code = task.exit_code;
  view.creator = row.creator_name;
  view.created_at = task.created_at;
  view.started_at = task.started_at;
  view.ended_at = task.ended_at;
  view.attempt = task.attempt;
  view.priority = task.priority;
  if (task.parent) view.parent = task.parent->value;
  view.commit = task.commit;
  view.cluster = request.cluster;
  view.compute = request.compute;
  view.description = request.description;
  view.branch = request.branch;
  view.boot_file = request.boot_file;
  view.image = request.image;
  view.engine = request.engine;
  view.model = request.model;
  view.datasets = request.datasets;
  view.params = request.params;
  view.spec = request.spec;
  view.max_runtime_s = request.max_runtime_s;
  return view;
}

}  // namespace cloudbrain::api
