// The branches of a project.
#include "api/code_call.h"
#include "api/routes.h"
#include "git/branches.h"

namespace cloudbrain::api {

namespace {

BranchView view_of(const Branch& branch, const std::string& default_branch) {
  return {branch.name,   branch.commit,       branch.title,
          branch.author, branch.committed_at, branch.name == default_branch};
}

BranchList branches(Call& call) {
  RevisionReader& revisions = call.services.revisions;
  const std::string default_branch = revisions.default_branch(call.project->id);
  BranchList list;
  for (const Branch& branch : revisions.branches(call.project->id)) {
    list.items.push_back(view_of(branch, default_branch));
  }
  return list;
}

BranchView create(Call& call, BranchBody body) {
  RevisionReader& revisions = call.services.revisions;
  const std::string id =
      create_branch(call.services.repositories, revisions, call.project->id, body.name, body.from);
  const auto commit = revisions.find_commit(call.project->id, id);
  if (!commit) throw branch_missing(body.name);
  return {body.name, id, commit->title, commit->author_name, commit->committed_at, false};
}

http::Response remove(Call& call) {
  remove_branch(call.services.repositories, call.services.revisions, call.project->id,
                call.request.arg("ref"));
  return http::Response::empty();
}

}  // namespace

void add_branch_routes(Operations& operations) {
  const std::string project(kProjectPath);
  operations.push_back(answers<BranchList>(
      {"GET", project + "/branches", Right::read_project, Scope::read, "Branches"}, branches));
  operations.push_back(takes<BranchBody, BranchView>(
      {"POST", project + "/branches", Right::write_project, Scope::write, "Make a branch", {}, 201},
      create));
  operations.push_back(responds({"DELETE",
                                 project + "/branches/{ref}",
                                 Right::write_project,
                                 Scope::write,
                                 "Delete a branch that is not the default one",
                                 {},
                                 204},
                                "", remove));
}

}  // namespace cloudbrain::api
