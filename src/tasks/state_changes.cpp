#include "tasks/state_changes.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "domain/state_machine.h"

namespace cloudbrain {

namespace {

// What the timeline says, beside the reason.
store::Event event_of(const Task& task, TimePoint now) {
  store::Event event;
  event.task = task.id;
  event.at = now;
  switch (task.state) {
    case TaskState::PREPARING:
      event.code = "submitted";
      event.message = {"Submitted.", "已提交。"};
      break;
    case TaskState::WAITING:
      event.code = "prepared";
      event.message = {"Code and data are ready; waiting for resources.",
                       "代码和数据已就绪，等待资源。"};
      break;
    case TaskState::RUNNING:
      event.code = "started";
      event.message = {"The script was started.", "脚本已启动。"};
      break;
    case TaskState::STOPPING:
      event.code = "stop_requested";
      event.message = {"A stop was asked for.", "已请求停止。"};
      break;
    case TaskState::STOPPED:
      event.code = "stopped";
      event.message = {"Stopped.", "已停止。"};
      break;
    case TaskState::SUCCEEDED:
      event.code = "succeeded";
      event.message = {"The script ended well.", "脚本运行成功。"};
      break;
    case TaskState::FAILED:
      event.code = "failed";
      event.message = {"Failed.", "运行失败。"};
      break;
    case TaskState::CREATED_FAILED:
      event.code = "preparation_failed";
      event.message = {"Could not be made ready.", "创建失败。"};
      break;
  }
  if (task.reason && !task.reason->message.empty()) event.message = task.reason->message;
  return event;
}

}  // namespace

bool StateChanges::become(Task& task, const Become& become) {
  if (!may_follow(task.state, become.state)) {
    throw Error(ErrorKind::internal, "forbidden_transition",
                {fmt::format("Task {} may not go from {} to {}.", task.id.value,
                             enum_name(task.state), enum_name(become.state)),
                 fmt::format("任务 {} 不能从 {} 变为 {}。", task.id.value, enum_name(task.state),
                             enum_name(become.state))});
  }
  const TimePoint now = clock_.now();
  Task changed = task;
  changed.state = become.state;
  changed.reason = become.reason;
  if (become.exit_code) changed.exit_code = become.exit_code;
  if (become.started_at) changed.started_at = become.started_at;
  if (become.state == TaskState::WAITING) {
    changed.ready_at = now;
    changed.attempt += 1;
    changed.handle.clear();
  }
  if (is_final(become.state)) changed.ended_at = become.ended_at.value_or(now);
  if (!tasks_.update(changed, event_of(changed, now))) return false;
  changed.revision += 1;
  task = changed;
  log::info("task {} is {}{}", task.id.value, enum_name(task.state),
            task.reason ? " (" + task.reason->code + ")" : "");
  metrics_.count("cloudbrain_task_transitions_total", {{"state", enum_name(task.state)}});
  feed_.changed(task.id);
  return true;
}

}  // namespace cloudbrain
