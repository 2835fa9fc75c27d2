#include "store/events.h"

#include "store/sqlite/event_rows.h"
#include "store/sqlite/statement.h"

namespace cloudbrain::store {

std::int64_t add_event(Connection& connection, TaskId task, const Event& event) {
  return value<std::int64_t>(connection,
                             "INSERT INTO events (task_id, at, code, message_json, data_json) "
                             "VALUES (:task_id, :at, :code, :message, :data) RETURNING id",
                             task, event.at, event.code, event.message, event.data)
      .value();
}

std::int64_t Events::append(const Event& event) {
  Writing writing(database_);
  if (!value<int>(writing.connection(), "SELECT 1 FROM tasks WHERE id = :id", event.task)) {
    throw Error(ErrorKind::missing, "task_missing",
                {fmt::format("There is no task {}.", event.task.value),
                 fmt::format("任务 {} 不存在。", event.task.value)});
  }
  const std::int64_t id = add_event(writing.connection(), event.task, event);
  writing.commit();
  return id;
}

std::vector<Event> Events::list(TaskId task, std::int64_t after) const {
  Reading reading(database_);
  return rows<Event>(reading.connection(),
                     "SELECT id, task_id, at, code, message_json, data_json FROM events "
                     "WHERE task_id = :task_id AND id > :after ORDER BY id",
                     task, after);
}

}  // namespace cloudbrain::store
