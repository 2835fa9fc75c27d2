// Versions of a model: made from a task's results or empty for uploads, described, deleted.
#include "api/models/model_view.h"
#include "api/paging.h"
#include "api/routes.h"

namespace cloudbrain::api {

namespace {

constexpr std::uint64_t kBodyLimit = 4U << 20U;  // up to ten thousand paths

ModelVersionPage list(Call& call) {
  const store::Model model = find_model(call);
  const store::Page page = page_of(call.request);
  const auto rows = store::ModelVersions(call.services.database).list(model.id, page);
  ModelVersionPage result;
  for (const store::ModelVersion& row : rows) result.items.push_back(row_of(call, row));
  result.next = next_of(rows, page, [](const store::ModelVersion& row) { return row.id.value; });
  return result;
}

Task find_task(const Call& call, std::int64_t id) {
  auto task = store::Tasks(call.services.database).find(TaskId{id});
  if (task && task->project == call.project->id) return std::move(*task);
  throw Error::fields(
      {{"task",
        "task_missing",
        {fmt::format("{}/{} has no task {}.", call.project->owner_name, call.project->name, id),
         fmt::format("{}/{} 没有任务 {}。", call.project->owner_name, call.project->name, id)}}});
}

void check_paths(const ModelVersionBody& body, std::vector<FieldProblem>& problems) {
  if (!body.paths) return;
  if (!body.task) {
    problems.push_back({"paths",
                        "task_missing",
                        {"paths are those of a task's results: name the task.",
                         "paths 是任务结果中的路径，请指定任务。"}});
  } else if (body.paths->empty()) {
    problems.push_back(
        {"paths",
         "empty",
         {"names no file; leave it out for all results.", "未选择文件；省略该字段表示全部结果。"}});
  }
  for (std::size_t i = 0; i < body.paths->size(); ++i) {
    if (!(*body.paths)[i].empty()) continue;
    problems.push_back({fmt::format("paths[{}]", i), "empty", {"is empty.", "不能为空。"}});
  }
}

ModelVersionView create(Call& call, const ModelVersionBody& body) {
  const store::Model model = find_model(call);
  std::vector<FieldProblem> problems;
  check_paths(body, problems);
  check_notes(body.notes, problems);
  store::ModelVersion given;
  given.metrics = read_metrics(body.metrics, problems);
  if (!problems.empty()) throw Error::fields(std::move(problems));
  given.notes = body.notes;
  given.creator = call.caller.user->id;
  given.creator_name = call.caller.user->name;
  ModelShelf& shelf = call.services.models;
  const store::ModelVersion made =
      body.task ? shelf.import(*call.project, model, find_task(call, *body.task),
                               body.paths.value_or(std::vector<std::string>{}), std::move(given))
                : shelf.make_empty(model, std::move(given));
  const auto now = store::ModelVersions(call.services.database).find(made.id);
  return view_of(call, now.value_or(made));
}

ModelVersionView show(Call& call) {
  const store::ModelVersion version = find_version(call, find_model(call));
  call.services.models.go_on_with(version);
  return view_of(call, version);
}

ModelVersionView change(Call& call, const ModelVersionChangeBody& body) {
  store::ModelVersion version = find_version(call, find_model(call));
  std::vector<FieldProblem> problems;
  if (body.notes) check_notes(*body.notes, problems);
  if (body.metrics) version.metrics = read_metrics(*body.metrics, problems);
  if (!problems.empty()) throw Error::fields(std::move(problems));
  version.notes = body.notes.value_or(version.notes);
  store::ModelVersions(call.services.database).update(version);
  return view_of(call, version);
}

}  // namespace

void add_model_version_routes(Operations& operations) {
  const std::string versions = std::string(kModelPath) + "/versions";
  const std::string one = versions + "/{version}";
  operations.push_back(answers<ModelVersionPage>({"GET",
                                                  versions,
                                                  Right::read_project,
                                                  Scope::read,
                                                  "Versions of a model",
                                                  {"limit", "after"}},
                                                 list));
  Operation make = takes<ModelVersionBody, ModelVersionView>(
      {"POST",
       versions,
       Right::write_project,
       Scope::write,
       "Make a version from a task's results, or an empty one for uploads",
       {},
       201},
      create);
  make.body_limit = kBodyLimit;
  operations.push_back(std::move(make));
  operations.push_back(answers<ModelVersionView>(
      {"GET", one, Right::read_project, Scope::read, "A version of a model"}, show));
  operations.push_back(takes<ModelVersionChangeBody, ModelVersionView>(
      {"PATCH", one, Right::write_project, Scope::write, "Change notes or metrics"}, change));
  operations.push_back(
      responds({"DELETE", one, Right::write_project, Scope::write, "Delete a version", {}, 204}, "",
               [](Call& call) {
                 call.services.models.remove(find_version(call, find_model(call)));
                 return http::Response::empty(204);
               }));
}

}  // namespace cloudbrain::api
