// Who works on a project.
#include "api/routes.h"
#include "api/views.h"
#include "store/members.h"

namespace cloudbrain::api {

namespace {

MemberList list(Call& call) {
  MemberList list;
  list.items.push_back({call.project->owner_name, Role::owner, call.project->created_at});
  for (const store::Member& member :
       store::Members(call.services.database).list(call.project->id)) {
    list.items.push_back({member.user_name, member.role, member.added_at});
  }
  return list;
}

store::User named_user(const Call& call) {
  const std::string& name = call.request.arg("user");
  auto user = store::Users(call.services.database).find(name);
  if (!user || user->disabled) {
    throw Error(
        ErrorKind::missing, "user_missing",
        {fmt::format("There is no user \"{}\".", name), fmt::format("没有用户“{}”。", name)});
  }
  return std::move(*user);
}

MemberView set(Call& call, const MemberBody& body) {
  const store::User user = named_user(call);
  if (user.id == call.project->owner) {
    throw Error(ErrorKind::conflict, "is_owner",
                {fmt::format("{} owns this project.", user.name),
                 fmt::format("{} 是该项目的所有者。", user.name)},
                {"Transfer the project to change that.", "如需变更，请转让项目。"});
  }
  const store::Member member{call.project->id, user.id, user.name, body.role,
                             call.services.clock.now()};
  store::Members(call.services.database).set(member);
  return {member.user_name, member.role, member.added_at};
}

http::Response remove_user(const Call& call, const std::string& name) {
  const auto user = store::Users(call.services.database).find(name);
  if (!user || !store::Members(call.services.database).remove(call.project->id, user->id)) {
    throw Error(ErrorKind::missing, "member_missing",
                {fmt::format("\"{}\" is no member of this project.", name),
                 fmt::format("“{}”不是该项目的成员。", name)});
  }
  return http::Response::empty(204);
}

}  // namespace

void add_member_routes(Operations& operations) {
  const std::string members = "/api/v2/projects/{owner}/{name}/members";
  operations.push_back(answers<MemberList>(
      {"GET", members, Right::use_project, Scope::read, "Members of a project"}, list));
  operations.push_back(
      takes<MemberBody, MemberView>({"PUT", members + "/{user}", Right::own_project, Scope::write,
                                     "Add a member, or change their role"},
                                    set));
  operations.push_back(responds(
      {"DELETE", members + "/{user}", Right::own_project, Scope::write, "Remove a member", {}, 204},
      "", [](Call& call) { return remove_user(call, call.request.arg("user")); }));
  operations.push_back(
      responds({"POST",
                "/api/v2/projects/{owner}/{name}/leave",
                Right::use_project,
                Scope::write,
                "Be a member no longer",
                {},
                204},
               "", [](Call& call) { return remove_user(call, call.caller.user->name); }));
}

}  // namespace cloudbrain::api
