// The queue: why a task waits, who goes before whom, and the administrator's word in that.
#include "api/routes.h"
#include "api/seen_projects.h"
#include "api/services.h"
#include "api/task_view.h"
#include "base/parse_id.h"

namespace cloudbrain::api {

namespace {

constexpr int kMostPriority = 1000;
constexpr std::size_t kMostListed = 200;

void tell_holders(const Call& call, const Standing& standing, ExplainView& view) {
  SeenProjects seen(call);
  const store::Tasks tasks(call.services.database);
  for (const TaskEnd& end : standing.waits_for) {
    const auto row = tasks.find_listed(end.task);
    const std::string project = row ? seen.name(row->task.project) : "";
    if (project.empty()) {
      ++view.hidden;
      continue;
    }
    view.waits_for.push_back({end.task.value, row->task.request.name,
                              version_text(row->task.version), row->task.request.kind, project,
                              row->creator_name, end.by});
  }
}

ExplainView explain(Call& call) {
  const Task& task = call.task->task;
  const Explanation explanation = call.services.conductor.explain(task);
  ExplainView view;
  view.state = task.state;
  if (explanation.reason)
    view.reason = reason_view(*explanation.reason, call.request.wants_chinese());
  if (!explanation.standing) return view;
  const Standing& standing = *explanation.standing;
  view.queue_position = standing.ahead + 1;
  for (const Shortage& one : standing.short_of) {
    view.short_of.push_back({one.resource, one.wanted, one.free});
  }
  tell_holders(call, standing, view);
  view.starts_by = standing.start_by;
  view.startable = standing.startable;
  return view;
}

TaskView set_priority(Call& call, const PriorityBody& body) {
  if (std::abs(body.priority) > kMostPriority) {
    throw Error::fields(
        {{"priority",
          "out_of_range",
          {fmt::format("{} is not between -{} and {}.", body.priority, kMostPriority,
                       kMostPriority),
           fmt::format("{} 不在 -{} 到 {} 之间。", body.priority, kMostPriority, kMostPriority)}}});
  }
  store::Tasks tasks(call.services.database);
  const std::string& text = call.request.arg("id");
  const std::optional<TaskId> id = parse_id<TaskId>(text);
  if (!id || !tasks.set_priority(*id, body.priority)) {
    throw Error(ErrorKind::missing, "task_missing",
                {fmt::format("There is no task {}.", first_characters(text, 40)),
                 fmt::format("没有任务 {}。", first_characters(text, 40))});
  }
  call.services.conductor.wake(*id);
  return task_view(tasks.find_listed(*id).value(), call.request.wants_chinese());
}

QueueListView list_queue(Call& call) {
  const store::Tasks tasks(call.services.database);
  QueueListView view;
  for (const auto& [engine, order] : call.services.conductor.queues()) {
    view.waiting += static_cast<std::int64_t>(order.size());
    int position = 0;
    for (const TaskId id : std::span(order).first(std::min(order.size(), kMostListed))) {
      ++position;
      const auto row = tasks.find_listed(id);
      if (!row) continue;  // removed meanwhile
      view.items.push_back({position, engine, task_view(*row, call.request.wants_chinese())});
    }
  }
  return view;
}

}  // namespace

void add_queue_routes(Operations& operations) {
  operations.push_back(answers<ExplainView>({"GET", "/api/v2/tasks/{id}/explain", Right::read_task,
                                             Scope::read, "Why a task is where it is"},
                                            explain));
  operations.push_back(
      answers<QueueListView>({"GET", "/api/v2/queue", Right::administer, Scope::admin,
                              "Who waits, in the order of their turn"},
                             list_queue));
  operations.push_back(
      takes<PriorityBody, TaskView>({"PUT", "/api/v2/tasks/{id}/priority", Right::administer,
                                     Scope::admin, "Let a task leave the queue sooner or later"},
                                    set_priority));
}

}  // namespace cloudbrain::api
