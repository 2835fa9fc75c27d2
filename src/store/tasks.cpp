#include "store/tasks.h"

#include "domain/state_machine.h"
#include "store/datasets/dataset_rows.h"
#include "store/sqlite/event_rows.h"
#include "store/sqlite/statement.h"
#include "store/sqlite/task_rows.h"

namespace cloudbrain::store {

namespace {

struct StateCount {
  TaskState state = TaskState::PREPARING;
  std::int64_t tasks = 0;
};
BOOST_DESCRIBE_STRUCT(StateCount, (), (state, tasks))

[[noreturn]] void throw_name_in_use(const Task& task) {
  const std::string version = version_text(task.version);
  throw Error(ErrorKind::conflict, "task_name_in_use",
              {fmt::format("The project already has a task named \"{}\" with version {}.",
                           task.request.name, version),
               fmt::format("该项目已有名为“{}”、版本为 {} 的任务。", task.request.name, version)},
              {"Choose another name, or modify the existing task to make its next version.",
               "请换一个名称，或修改已有任务以创建新版本。"});
}

// Submit looked at the data sets before; one may have been deleted or replaced since. From here on
// Datasets::remove sees the task.
void add_inputs(Connection& connection, const Task& task, TaskId id) {
  static const std::string kAdd =
      "INSERT INTO task_datasets (task_id, name, sha256, dataset_id) "
      "SELECT :task_id, :path, f.sha256, d.id FROM datasets d "
      "JOIN projects p ON p.id = d.project_id JOIN dataset_files f ON f.dataset_id = d.id "
      "WHERE (d.project_id = :own OR (" +
      kIsLinked +
      ")) AND d.name = :dataset AND f.name = :file AND f.sha256 = :sha256 "
      "ORDER BY CASE WHEN d.project_id = :own_first THEN 0 ELSE 1 END, d.id LIMIT 1";
  for (const DatasetInput& input : task.inputs) {
    const DatasetFileName name = split_file_path(input.name);
    const auto added = change(connection, kAdd, id, input.name, task.project, task.project,
                              name.dataset, name.file, input.sha256, task.project);
    if (added == 1) continue;
    throw Error(ErrorKind::conflict, "dataset_changed",
                {fmt::format("The data set \"{}\" was deleted or replaced just now.", input.name),
                 fmt::format("数据集“{}”刚刚被删除或替换。", input.name)},
                {"Submit the task again.", "请重新提交任务。"});
  }
}

// As for data sets: from here on Models::remove sees the task.
void add_model(Connection& connection, const Task& task, TaskId id) {
  if (!task.request.model) return;
  const ModelChoice& model = *task.request.model;
  const auto added =
      change(connection,
             "INSERT INTO task_models (task_id, version_id) SELECT :task_id, v.id FROM models m "
             "JOIN model_versions v ON v.model_id = m.id JOIN model_files f ON f.version_id = v.id "
             "WHERE m.project_id = :project AND m.name = :name AND v.number = :number "
             "AND v.state = 'ready' AND f.path = :path",
             id, task.project, model.name, parse_version(model.version).value_or(0), model.file);
  if (added == 1) return;
  throw Error(
      ErrorKind::conflict, "model_changed",
      {fmt::format("The model {} {} was deleted or renamed just now.", model.name, model.version),
       fmt::format("模型 {} {} 刚刚被删除或重命名。", model.name, model.version)},
      {"Submit the task again.", "请重新提交任务。"});
}

// Its results are what a version is being made of.
void refuse_while_imported(Connection& connection, TaskId id) {
  const auto model =
      value<std::string>(connection,
                         "SELECT m.name FROM model_versions v JOIN models m ON m.id = v.model_id "
                         "WHERE v.task_id = :task_id AND v.state = 'importing' LIMIT 1",
                         id);
  if (!model) return;
  throw Error(
      ErrorKind::conflict, "results_being_imported",
      {fmt::format("The model {} is being made from this task's results.", *model),
       fmt::format("正在从该任务的结果导入模型 {}。", *model)},
      {"Wait until it is ready, or delete that version.", "请等待导入完成，或删除该版本。"});
}

TaskId insert_row(Connection& connection, const Task& task) {
  const auto id = value<TaskId>(
      connection,
      "INSERT INTO tasks (project_id, creator_id, kind, name, version, parent_id, request_json, "
      "commit_id, inputs_json, state, reason_json, exit_code, attempt, handle, revision, "
      "created_at, ready_at, started_at, ended_at) VALUES (:project_id, :creator_id, :kind, :name, "
      ":version, :parent_id, :request, :commit_id, :inputs, :state, :reason, :exit_code, :attempt, "
      ":handle, 0, :created_at, :ready_at, :started_at, :ended_at) "
      "ON CONFLICT (project_id, kind, name, version) DO NOTHING RETURNING id",
      task.project, task.creator, task.request.kind, task.request.name, task.version, task.parent,
      task.request, task.commit, task.inputs, task.state, task.reason, task.exit_code, task.attempt,
      task.handle, task.created_at, task.ready_at, task.started_at, task.ended_at);
  if (!id) throw_name_in_use(task);
  return *id;
}

TaskId insert_with_all(Connection& connection, const Task& task, const Event& first) {
  const TaskId id = insert_row(connection, task);
  add_inputs(connection, task, id);
  add_model(connection, task, id);
  add_event(connection, id, first);
  return id;
}

std::vector<Task> select(const Database& database, const std::string& rest) {
  Reading reading(database);
  return rows<Task>(reading.connection(), "SELECT " + kTaskColumns + "FROM tasks t " + rest);
}

}  // namespace

TaskId Tasks::insert(const Task& task, const Event& first) {
  Writing writing(database_);
  const TaskId id = insert_with_all(writing.connection(), task, first);
  writing.commit();
  return id;
}

Task Tasks::insert_next_version(Task task, const Event& first) {
  Writing writing(database_);
  task.version = value<int>(writing.connection(),
                            "SELECT COALESCE(MAX(version), 0) + 1 FROM tasks "
                            "WHERE project_id = :project_id AND kind = :kind AND name = :name",
                            task.project, task.request.kind, task.request.name)
                     .value();
  task.id = insert_with_all(writing.connection(), task, first);
  task.revision = 0;
  writing.commit();
  return task;
}

std::optional<Task> Tasks::find(TaskId id) const {
  Reading reading(database_);
  return row<Task>(reading.connection(), "SELECT " + kTaskColumns + "FROM tasks t WHERE t.id = :id",
                   id);
}

std::vector<Task> Tasks::versions(ProjectId project, TaskKind kind, std::string_view name) const {
  Reading reading(database_);
  return rows<Task>(reading.connection(),
                    "SELECT " + kTaskColumns +
                        "FROM tasks t WHERE t.project_id = :project_id AND t.kind = :kind "
                        "AND t.name = :name ORDER BY t.version DESC",
                    project, kind, name);
}

std::vector<Task> Tasks::live() const {
  return select(database_, "WHERE " + kLiveTask + "ORDER BY t.id");
}

std::vector<Task> Tasks::waiting() const {
  return select(database_,
                "WHERE t.state = 'WAITING' AND " + kLiveTask + "ORDER BY t.ready_at, t.id");
}

std::map<TaskState, std::int64_t> Tasks::count_by_state() const {
  Reading reading(database_);
  std::map<TaskState, std::int64_t> counts;
  for (const StateCount& count : rows<StateCount>(
           reading.connection(), "SELECT state, count(*) FROM tasks GROUP BY kind, state")) {
    counts[count.state] += count.tasks;
  }
  return counts;
}

bool Tasks::update(const Task& changed, const std::optional<Event>& event) {
  Writing writing(database_);
  const auto updated = change(
      writing.connection(),
      "UPDATE tasks SET state = :state, reason_json = :reason, exit_code = :exit_code, "
      "attempt = :attempt, handle = :handle, ready_at = :ready_at, started_at = :started_at, "
      "ended_at = :ended_at, revision = revision + 1 WHERE id = :id AND revision = :revision",
      changed.state, changed.reason, changed.exit_code, changed.attempt, changed.handle,
      changed.ready_at, changed.started_at, changed.ended_at, changed.id, changed.revision);
  if (updated == 0) return false;
  if (event) add_event(writing.connection(), changed.id, *event);
  writing.commit();
  return true;
}

bool Tasks::set_priority(TaskId id, int priority) {
  Writing writing(database_);
  const auto updated = change(writing.connection(),
                              "UPDATE tasks SET priority = :priority WHERE id = :id", priority, id);
  writing.commit();
  return updated == 1;
}

bool Tasks::remove(TaskId id) {
  Writing writing(database_);
  const auto state =
      value<TaskState>(writing.connection(), "SELECT state FROM tasks WHERE id = :id", id);
  if (!state) return false;
  if (!is_final(*state)) {
    throw Error(
        ErrorKind::conflict, "task_not_ended",
        {fmt::format("The task is {}; only one that has ended can be deleted.", enum_name(*state)),
         fmt::format("任务处于 {} 状态，只能删除已结束的任务。", enum_name(*state))},
        {"Stop it first.", "请先停止它。"});
  }
  refuse_while_imported(writing.connection(), id);
  change(writing.connection(), "DELETE FROM tasks WHERE id = :id", id);
  writing.commit();
  return true;
}

}  // namespace cloudbrain::store
