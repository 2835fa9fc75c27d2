// Projects: list, make, show.
#include <charconv>

#include "api/paging.h"
#include "api/routes.h"
#include "api/views.h"
#include "domain/names.h"

namespace cloudbrain::api {

namespace {

ProjectView view_of(const store::Project& project) {
  return {project.id.value,   project.owner_name,
          project.name,       project.description,
          project.is_private, fmt::format("/{}/{}.git", project.owner_name, project.name),
          project.created_at};
}

ProjectPage list(Call& call) {
  const store::Page page = page_of(call.request);
  const store::Projects projects(call.services.database);
  const std::optional<UserId> viewer =
      call.caller.user ? std::optional(call.caller.user->id) : std::nullopt;
  ProjectPage result;
  const auto rows =
      call.caller.is_admin() ? projects.list_all(page) : projects.list_visible(viewer, page);
  for (const store::Project& project : rows) result.items.push_back(view_of(project));
  result.next = next_of(rows, page, [](const store::Project& row) { return row.id.value; });
  return result;
}

ProjectView create(Call& call, const ProjectBody& body) {
  std::vector<FieldProblem> problems;
  if (const auto broken = check_project_name(body.name)) {
    problems.push_back({"name", broken->code, broken->message});
  }
  if (const auto broken = check_description(body.description)) {
    problems.push_back({"description", broken->code, broken->message});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
  store::Projects projects(call.services.database);
  store::Project project;
  project.owner = call.caller.user->id;
  project.owner_name = call.caller.user->name;
  project.name = body.name;
  project.description = body.description;
  project.is_private = body.private_;
  project.created_at = call.services.clock.now();
  project.id = projects.create(project);
  call.services.repositories.create(project.id);
  return view_of(project);
}

}  // namespace

void add_project_routes(Operations& operations) {
  operations.push_back(answers<ProjectPage>({"GET",
                                             "/api/v2/projects",
                                             Right::anyone,
                                             Scope::read,
                                             "Projects that the caller may see",
                                             {"limit", "after"}},
                                            list));
  operations.push_back(takes<ProjectBody, ProjectView>(
      {"POST", "/api/v2/projects", Right::signed_in, Scope::write, "Make a project", {}, 201},
      create));
  operations.push_back(answers<ProjectView>(
      {"GET", "/api/v2/projects/{owner}/{name}", Right::read_project, Scope::read, "A project"},
      [](Call& call) { return view_of(*call.project); }));
}

}  // namespace cloudbrain::api
