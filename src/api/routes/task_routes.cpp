// Tasks: submit, list, show, stop, modify, delete; their events, usage and why they wait.
#include "api/paging.h"
#include "api/routes.h"
#include "api/task_view.h"
#include "domain/differences.h"
#include "engines/task_folder.h"
#include "store/models/model_versions.h"

namespace cloudbrain::api {

struct TaskQuery {
  std::optional<TaskKind> kind;
  std::vector<TaskState> state;
};
BOOST_DESCRIBE_STRUCT(TaskQuery, (), (kind, state))

namespace {

constexpr std::uint64_t kSubmitBodyLimit = 1U << 20U;
constexpr std::size_t kMostSamples = 2000;

TaskView view_of(const Call& call, const store::ListedTask& row) {
  return task_view(row, call.request.wants_chinese());
}

// Of one task: with the models that were made from its results, as far as the caller may see them.
TaskView whole_view_of(const Call& call, const store::ListedTask& row) {
  TaskView view = view_of(call, row);
  const store::ModelVersions versions(call.services.database);
  for (store::MadeModel& made : versions.made_from(row.task.id)) {
    if (!made.is_public && !call.role) continue;
    view.models.push_back({std::move(made.name), version_text(made.number)});
  }
  return view;
}

TaskView view_of(const Call& call, TaskId id) {
  return view_of(call, store::Tasks(call.services.database).find_listed(id).value());
}

// ?kind=&state=A&state=B&name=: the filters of both lists. Read as a struct, so that a wrong word
// is a problem of its field.
store::TaskFilter filter_of(const http::Request& request) {
  json::object words;
  if (const auto kind = request.query("kind")) words["kind"] = *kind;
  json::array& states = words.emplace("state", json::array{}).first->value().as_array();
  for (const std::string_view state : request.query_all("state")) states.emplace_back(state);
  TaskQuery query = from_json<TaskQuery>(words, UnknownMembers::reject);
  store::TaskFilter filter;
  filter.kind = query.kind;
  filter.states = std::move(query.state);
  filter.name_contains = request.query("name").value_or("");
  return filter;
}

std::int64_t id_of(const store::ListedTask& row) {
  return row.task.id.value;
}

TaskRowPage list_in_project(Call& call) {
  store::TaskFilter filter = filter_of(call.request);
  filter.project = call.project->id;
  filter.latest_versions_only = call.request.query("versions").value_or("latest") != "all";
  const store::Page page = page_of(call.request);
  const auto rows = store::Tasks(call.services.database).list(filter, page);
  TaskRowPage result;
  for (const store::ListedTask& row : rows) {
    result.items.push_back({view_of(call, row), row.version_count});
  }
  result.next = next_of(rows, page, id_of);
  return result;
}

TaskPage list_mine(Call& call) {
  store::TaskFilter filter = filter_of(call.request);
  filter.creator = call.caller.user->id;
  const store::Page page = page_of(call.request);
  const auto rows = store::Tasks(call.services.database).list(filter, page);
  TaskPage result;
  for (const store::ListedTask& row : rows) result.items.push_back(view_of(call, row));
  result.next = next_of(rows, page, id_of);
  return result;
}

TaskView submit(Call& call, const TaskRequest& request) {
  const Task task = call.services.submit.submit(*call.project, call.caller.user->id, request);
  return view_of(call, task.id);
}

TaskView modify(Call& call, const TaskRequest& request) {
  const Task task =
      call.services.submit.modify(*call.project, call.caller.user->id, call.task->task, request);
  return view_of(call, task.id);
}

TaskView stop(Call& call) {
  const Task task = call.services.conductor.stop(call.task->task.id, call.caller.user->name);
  return view_of(call, task.id);
}

DifferencesView differences_from_parent(Call& call) {
  DifferencesView view;
  const Task& task = call.task->task;
  const auto parent =
      task.parent ? store::Tasks(call.services.database).find(*task.parent) : std::optional<Task>{};
  if (!parent) return view;
  view.parent = ParentView{parent->id.value, version_text(parent->version)};
  for (Difference& found : differences(*parent, task)) {
    view.fields.push_back(
        {std::move(found.field), std::move(found.before), std::move(found.after)});
  }
  if (parent->commit != task.commit) view.commit = CommitChangeView{parent->commit, task.commit};
  return view;
}

EventList events(Call& call) {
  EventList list;
  for (const store::Event& event : store::Events(call.services.database).list(call.task->task.id)) {
    list.items.push_back({event.at, event.code, call.say(event.message)});
  }
  return list;
}

// The newest samples; a file that is being written may end in half a line.
UsageView usage(Call& call) {
  UsageView view;
  const Task& task = call.task->task;
  const fs::path file = task_folder(call.services.tasks_root, task.id).usage(task.attempt);
  const std::string text = try_read_file(file).value_or("");
  std::string_view rest = text;
  while (true) {
    const std::size_t feed = rest.find('\n');
    if (feed == std::string_view::npos) break;
    const Usage sample = from_json<Usage>(parse_json(rest.substr(0, feed)), UnknownMembers::ignore);
    view.samples.push_back({sample.at, sample.cpus, sample.memory_bytes, sample.processes});
    rest.remove_prefix(feed + 1);
  }
  if (view.samples.size() > kMostSamples) {
    view.samples.erase(view.samples.begin(), view.samples.end() - kMostSamples);
  }
  return view;
}

}  // namespace

void add_task_routes(Operations& operations) {
  const std::string in_project = "/api/v2/projects/{owner}/{name}/tasks";
  const std::string one = "/api/v2/tasks/{id}";
  const std::vector<std::string> filters{"kind", "state", "name", "limit", "after"};
  Operation create = takes<TaskRequest, TaskView>(
      {"POST", in_project, Right::write_project, Scope::task, "Submit a task", {}, 201}, submit);
  create.body_limit = kSubmitBodyLimit;
  operations.push_back(std::move(create));
  std::vector<std::string> project_filters = filters;
  project_filters.emplace_back("versions");
  operations.push_back(answers<TaskRowPage>(
      {"GET", in_project, Right::read_project, Scope::read, "Tasks of a project", project_filters},
      list_in_project));
  operations.push_back(answers<TaskPage>(
      {"GET", "/api/v2/tasks", Right::signed_in, Scope::read, "My tasks", filters}, list_mine));
  operations.push_back(
      answers<TaskView>({"GET", one, Right::read_task, Scope::read, "A task"},
                        [](Call& call) { return whole_view_of(call, *call.task); }));
  operations.push_back(
      responds({"DELETE", one, Right::change_task, Scope::task, "Delete an ended task", {}, 204},
               "", [](Call& call) {
                 call.services.conductor.remove(call.task->task.id);
                 return http::Response::empty(204);
               }));
  operations.push_back(answers<TaskView>(
      {"POST", one + "/stop", Right::change_task, Scope::task, "Stop a task", {}, 202}, stop));
  Operation change = takes<TaskRequest, TaskView>({"POST",
                                                   one + "/modify",
                                                   Right::change_task,
                                                   Scope::task,
                                                   "Submit the next version of a task",
                                                   {},
                                                   201},
                                                  modify);
  change.body_limit = kSubmitBodyLimit;
  operations.push_back(std::move(change));
  operations.push_back(answers<DifferencesView>(
      {"GET", one + "/differences", Right::read_task, Scope::read, "What a version changed"},
      differences_from_parent));
  operations.push_back(answers<EventList>(
      {"GET", one + "/events", Right::read_task, Scope::read, "Timeline of a task"}, events));
  operations.push_back(answers<UsageView>(
      {"GET", one + "/usage", Right::read_task, Scope::read, "Resource usage of a task"}, usage));
}

}  // namespace cloudbrain::api
