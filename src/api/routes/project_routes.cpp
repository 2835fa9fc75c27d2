// Projects: list, make, show, change, transfer, delete.
#include "api/examples.h"
#include "api/paging.h"
#include "api/project_view.h"
#include "api/routes.h"
#include "domain/names.h"
#include "domain/state_machine.h"
#include "git/commit_files.h"
#include "store/datasets.h"
#include "store/members.h"
#include "store/settings.h"

namespace cloudbrain::api {

namespace {

ProjectPage list(Call& call) {
  store::ProjectFilter filter;
  if (call.caller.user) filter.viewer = call.caller.user->id;
  filter.everything = call.caller.is_admin();
  filter.own = call.request.query("mine") == "true";
  filter.owner = call.request.query("owner").value_or("");
  filter.search = call.request.query("search").value_or("");
  const store::Page page = page_of(call.request);
  const auto rows = store::Projects(call.services.database).list(filter, page);
  ProjectPage result;
  for (const store::Project& project : rows) {
    result.items.push_back(view_of(call, project, role_in(call, project)));
  }
  result.next = next_of(rows, page, [](const store::Project& row) { return row.id.value; });
  return result;
}

// ---- make ---------------------------------------------------------------------------------------

void check_names(const std::optional<std::string>& name,
                 const std::optional<std::string>& description,
                 std::vector<FieldProblem>& problems) {
  if (name) {
    if (const auto broken = check_project_name(*name)) {
      problems.push_back({"name", broken->code, broken->message});
    }
  }
  if (description) {
    if (const auto broken = check_description(*description)) {
      problems.push_back({"description", broken->code, broken->message});
    }
  }
}

ImportRequest import_of(const Call& call, const ProjectBody& body) {
  const PlatformSettings settings = store::Settings(call.services.database).get();
  ImportRequest request;
  request.allow_private_addresses = settings.import_private_addresses;
  request.max_bytes = static_cast<std::uint64_t>(settings.max_repository_bytes);
  request.url = body.import_url.value_or("");
  request.user = body.import_user;
  request.password = body.import_password;
  return request;
}

void check_beginning(const Call& call, const ProjectBody& body,
                     std::vector<FieldProblem>& problems) {
  const int given = (body.readme ? 1 : 0) + (body.example ? 1 : 0) + (body.import_url ? 1 : 0);
  if (given > 1) {
    problems.push_back({"readme",
                        "one_beginning",
                        {"a project begins with one of readme, example and import_url.",
                         "readme、example 与 import_url 只能选择一个。"}});
  }
  if (body.import_url) check_import(import_of(call, body));
  if (body.example && find_example(*body.example) == nullptr) {
    problems.push_back({"example",
                        "example_missing",
                        {fmt::format("There is no example \"{}\".", *body.example),
                         fmt::format("没有示例项目“{}”。", *body.example)}});
  }
}

// The first commit.
void begin(const Call& call, const store::Project& project, const ProjectBody& body) {
  CommitRequest commit;
  commit.branch = "main";
  commit.author = author_of(call);
  commit.time = call.services.clock.now();
  if (body.readme) {
    commit.message = "Initial commit";
    commit.files.push_back(
        {"README.md", fmt::format("# {}\n\n{}\n", body.name, body.description), {}});
  } else if (body.example) {
    commit.message = "Start from the example " + *body.example;
    commit.files = files_of(*find_example(*body.example));
  } else {
    return;
  }
  commit_files(call.services.repositories, call.services.revisions, project.id, commit);
}

ProjectView create(Call& call, const ProjectBody& body) {
  std::vector<FieldProblem> problems;
  check_names(body.name, body.description, problems);
  check_beginning(call, body, problems);
  if (!problems.empty()) throw Error::fields(std::move(problems));
  store::Projects projects(call.services.database);
  store::Project project;
  project.owner = call.caller.user->id;
  project.owner_name = call.caller.user->name;
  project.name = body.name;
  project.description = body.description;
  project.is_private = body.private_;
  project.created_at = call.services.clock.now();
  project.origin = body.import_url.value_or(body.example.value_or(""));
  if (body.import_url) project.state = store::ProjectState::importing;
  project.id = projects.create(project);
  call.services.repositories.create(project.id);
  if (body.import_url) {
    call.services.imports.start(project.id, import_of(call, body));
  } else {
    begin(call, project, body);
  }
  return view_of(call, project, Role::owner);
}

// ---- change -------------------------------------------------------------------------------------

ProjectView change(Call& call, const ProjectChangeBody& body) {
  std::vector<FieldProblem> problems;
  check_names(body.name, body.description, problems);
  store::Project project = *call.project;
  RevisionReader& revisions = call.services.revisions;
  if (body.default_branch && !revisions.resolve(project.id, *body.default_branch)) {
    problems.push_back({"default_branch",
                        "branch_missing",
                        {fmt::format("There is no branch \"{}\".", *body.default_branch),
                         fmt::format("没有分支“{}”。", *body.default_branch)}});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
  project.name = body.name.value_or(project.name);
  project.description = body.description.value_or(project.description);
  project.is_private = body.private_.value_or(project.is_private);
  store::Projects(call.services.database).update(project);
  if (body.default_branch) {
    call.services.repositories.set_default_branch(project.id, *body.default_branch);
  }
  return view_of(call, project, call.role);
}

// Only to somebody who works on it already, so that nobody is given what they did not ask for.
ProjectView transfer(Call& call, const TransferBody& body) {
  store::Project project = *call.project;
  store::Members members(call.services.database);
  const auto heir = store::Users(call.services.database).find(body.owner);
  const bool fits =
      heir && !heir->disabled && (call.caller.is_admin() || members.role_of(project.id, heir->id));
  if (!fits) {
    throw Error::fields({{
        "owner",
        "not_member",
        {fmt::format("\"{}\" is no member of this project.", body.owner),
         fmt::format("“{}”不是该项目的成员。", body.owner)},
    }});
  }
  if (heir->id == project.owner) return view_of(call, project, call.role);
  const store::Member former{project.id, project.owner, {}, Role::owner, call.services.clock.now()};
  project.owner = heir->id;
  project.owner_name = heir->name;
  store::Projects(call.services.database).update(project);
  members.remove(project.id, heir->id);
  members.set(former);
  return view_of(call, project, role_in(call, project));
}

// ---- delete -------------------------------------------------------------------------------------

void need_confirmation(const Call& call) {
  const std::string name = full_name(*call.project);
  if (call.request.query("confirm") == name) return;
  throw Error(ErrorKind::invalid, "confirm_name",
              {fmt::format("Deleting {} cannot be undone.", name),
               fmt::format("删除 {} 后无法恢复。", name)},
              {fmt::format("Send ?confirm={} to delete it.", name),
               fmt::format("请附上 ?confirm={} 以确认删除。", name)});
}

// All versions, the newest first. Throws conflict where one has not ended.
std::vector<TaskId> ended_tasks(const Call& call) {
  const store::Tasks tasks(call.services.database);
  std::vector<TaskId> ended;
  store::TaskFilter filter;
  filter.project = call.project->id;
  store::Page page{.limit = 200};
  while (true) {
    const auto rows = tasks.list(filter, page);
    for (const store::ListedTask& row : rows) {
      if (!is_final(row.task.state)) {
        throw Error(ErrorKind::conflict, "project_has_live_tasks",
                    {fmt::format("The task {} has not ended.", row.task.request.name),
                     fmt::format("任务 {} 尚未结束。", row.task.request.name)},
                    {"Stop the project's tasks first.", "请先停止该项目的任务。"});
      }
      ended.push_back(row.task.id);
    }
    if (rows.size() < static_cast<std::size_t>(page.limit)) return ended;
    page.after = rows.back().task.id.value;
  }
}

void remove_models(const Call& call) {
  const store::Models models(call.services.database);
  const store::ModelFilter all{.project = call.project->id};
  for (auto page = models.list(all, {.limit = 200}); !page.empty();
       page = models.list(all, {.limit = 200})) {
    for (const store::Model& model : page) call.services.models.remove(model);
  }
}

// In an order that a crash may cut anywhere: what is left is still a project that can be deleted.
// Models go before the tasks: a task whose results are being imported stays.
http::Response remove(Call& call) {
  need_confirmation(call);
  const ProjectId id = call.project->id;
  call.services.imports.cancel(id);
  const std::vector<TaskId> tasks = ended_tasks(call);
  remove_models(call);
  for (const TaskId task : tasks) call.services.conductor.remove(task);
  for (const store::Dataset& row : store::Datasets(call.services.database).list(id)) {
    call.services.shelf.remove(row);
  }
  store::Projects(call.services.database).remove(id);
  call.services.revisions.forget(id);
  call.services.repositories.remove(id);
  return http::Response::empty(204);
}

}  // namespace

void add_project_routes(Operations& operations) {
  const std::string one = "/api/v2/projects/{owner}/{name}";
  operations.push_back(answers<ProjectPage>({"GET",
                                             "/api/v2/projects",
                                             Right::anyone,
                                             Scope::read,
                                             "Projects that the caller may see",
                                             {"search", "owner", "mine", "limit", "after"}},
                                            list));
  operations.push_back(takes<ProjectBody, ProjectView>(
      {"POST", "/api/v2/projects", Right::signed_in, Scope::write, "Make a project", {}, 201},
      create));
  operations.push_back(
      answers<ProjectView>({"GET", one, Right::read_project, Scope::read, "A project"},
                           [](Call& call) { return view_of(call, *call.project, call.role); }));
  operations.push_back(takes<ProjectChangeBody, ProjectView>(
      {"PATCH", one, Right::own_project, Scope::write, "Rename or change a project"}, change));
  operations.push_back(
      takes<TransferBody, ProjectView>({"POST", one + "/transfer", Right::own_project, Scope::write,
                                        "Give a project to one of its members"},
                                       transfer));
  operations.push_back(responds({"DELETE",
                                 one,
                                 Right::own_project,
                                 Scope::write,
                                 "Delete a project and all that is in it",
                                 {"confirm"},
                                 204},
                                "", remove));
}

}  // namespace cloudbrain::api
