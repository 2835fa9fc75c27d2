// Models of a project, and the public ones of all projects.
#include "api/models/model_view.h"
#include "api/paging.h"
#include "api/routes.h"
#include "domain/names.h"

namespace cloudbrain::api {

namespace {

constexpr std::size_t kLongestFramework = 50;  // characters

ModelPage found_by(const Call& call, store::ModelFilter filter) {
  filter.search = call.request.query("search").value_or("");
  const store::Page page = page_of(call.request);
  const auto rows = store::Models(call.services.database).list(filter, page);
  ModelPage result;
  for (const store::Model& row : rows) result.items.push_back(view_of(row));
  result.next = next_of(rows, page, [](const store::Model& row) { return row.id.value; });
  return result;
}

ModelPage list(Call& call) {
  return found_by(call, {.project = call.project->id, .public_only = !call.role, .search = {}});
}

ModelPage list_public(Call& call) {
  return found_by(call, {.project = {}, .public_only = true, .search = {}});
}

void check(const Call& call, const store::Model& model) {
  std::vector<FieldProblem> problems;
  const auto add = [&](const char* field, const std::optional<RuleProblem>& broken) {
    if (broken) problems.push_back({field, broken->code, broken->message});
  };
  add("name", check_model_name(model.name));
  add("description", check_description(model.description));
  if (count_characters(model.framework) > kLongestFramework) {
    problems.push_back({"framework",
                        "framework_too_long",
                        {fmt::format("has more than {} characters.", kLongestFramework),
                         fmt::format("超过 {} 个字符。", kLongestFramework)}});
  }
  if (model.is_public && call.project->is_private) {
    problems.push_back({"public",
                        "project_private",
                        {"a private project has no public model.", "私有项目不能公开模型。"}});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
}

ModelView view_now(const Call& call, ModelId id) {
  const auto now = store::Models(call.services.database).find(id);
  if (!now) {
    throw Error(ErrorKind::missing, "model_missing",
                {"The model was removed at this moment.", "该模型刚刚被删除。"});
  }
  return view_of(*now);
}

ModelView create(Call& call, const ModelBody& body) {
  store::Model model;
  model.project = call.project->id;
  model.name = body.name;
  model.description = body.description;
  model.framework = body.framework;
  model.is_public = body.public_;
  model.creator = call.caller.user->id;
  model.created_at = call.services.clock.now();
  check(call, model);
  return view_now(call, store::Models(call.services.database).create(model));
}

ModelView change(Call& call, const ModelChangeBody& body) {
  store::Model model = find_model(call);
  model.name = body.name.value_or(model.name);
  model.description = body.description.value_or(model.description);
  model.framework = body.framework.value_or(model.framework);
  // Left alone, it may be public in a project that has become private since: that shows it nobody.
  const bool was_public = std::exchange(model.is_public, body.public_.value_or(false));
  check(call, model);
  if (!body.public_) model.is_public = was_public;
  store::Models(call.services.database).update(model);
  return view_now(call, model.id);
}

}  // namespace

void add_model_routes(Operations& operations) {
  const std::string models(kModelsPath);
  const std::string one(kModelPath);
  operations.push_back(answers<ModelPage>({"GET",
                                           "/api/v2/models",
                                           Right::anyone,
                                           Scope::read,
                                           "Public models",
                                           {"search", "limit", "after"}},
                                          list_public));
  operations.push_back(answers<ModelPage>({"GET",
                                           models,
                                           Right::read_project,
                                           Scope::read,
                                           "Models of a project",
                                           {"search", "limit", "after"}},
                                          list));
  operations.push_back(takes<ModelBody, ModelView>(
      {"POST", models, Right::write_project, Scope::write, "Make a model", {}, 201}, create));
  operations.push_back(answers<ModelView>({"GET", one, Right::read_project, Scope::read, "A model"},
                                          [](Call& call) { return view_of(find_model(call)); }));
  operations.push_back(takes<ModelChangeBody, ModelView>(
      {"PATCH", one, Right::write_project, Scope::write, "Rename or change a model"}, change));
  operations.push_back(responds({"DELETE",
                                 one,
                                 Right::write_project,
                                 Scope::write,
                                 "Delete a model with all its versions",
                                 {},
                                 204},
                                "", [](Call& call) {
                                  call.services.models.remove(find_model(call));
                                  return http::Response::empty(204);
                                }));
}

}  // namespace cloudbrain::api
