#include "api/project_view.h"

#include "store/members.h"

namespace cloudbrain::api {

namespace {

// A private parent is nothing to those who may not see it.
std::optional<std::string> parent_of(const Call& call, const store::Project& project) {
  if (!project.fork_of) return std::nullopt;
  const auto parent = store::Projects(call.services.database).find(*project.fork_of);
  if (!parent || (parent->is_private && !role_in(call, *parent))) return std::nullopt;
  return full_name(*parent);
}

}  // namespace

CommitAuthor author_of(const Call& call) {
  const std::string& name = call.caller.user->name;
  return {name, name + "@cloudbrain.invalid"};
}

std::string full_name(const store::Project& project) {
  return project.owner_name + "/" + project.name;
}

ProjectView view_of(const Call& call, const store::Project& project, std::optional<Role> role) {
  ProjectView view;
  view.id = project.id.value;
  view.owner = project.owner_name;
  view.name = project.name;
  view.full_name = full_name(project);
  view.description = project.description;
  view.private_ = project.is_private;
  view.state = enum_name(project.state);
  view.progress = call.services.imports.progress(project.id);
  if (project.failure) view.failure = call.say(*project.failure);
  view.default_branch = call.services.revisions.default_branch(project.id);
  view.clone_path = "/" + full_name(project) + ".git";
  view.origin = project.origin;
  view.fork_of = parent_of(call, project);
  view.forks = store::Projects(call.services.database).count_forks(project.id);
  view.created_at = project.created_at;
  view.role = role;
  return view;
}

}  // namespace cloudbrain::api
