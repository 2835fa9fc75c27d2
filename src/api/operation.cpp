#include "api/operation.h"

#include <fmt/format.h>

#include "base/parse_id.h"
#include "store/members.h"

namespace cloudbrain::api {

namespace {

Error not_signed_in() {
  return Error(ErrorKind::unsigned_in, "not_signed_in",
               {"Sign in first, or send an access token.", "请先登录，或携带访问令牌。"});
}

Error project_missing(const http::Request& request) {
  const std::string name = request.arg("owner") + "/" + request.arg("name");
  return Error(ErrorKind::missing, "project_missing",
               {fmt::format("There is no project {}, or you may not see it.", name),
                fmt::format("没有项目 {}，或者您无权查看。", name)});
}

Error task_missing(std::string_view id) {
  return Error(ErrorKind::missing, "task_missing",
               {fmt::format("There is no task {}, or you may not see it.", id),
                fmt::format("没有任务 {}，或者您无权查看。", id)});
}

void need_scope(const Caller& caller, Scope scope) {
  if (!caller.user || caller.has(scope)) return;
  throw Error(ErrorKind::denied, "scope_missing",
              {fmt::format("This access token has no scope \"{}\".", enum_name(scope)),
               fmt::format("该访问令牌没有“{}”权限。", enum_name(scope))},
              {"Sign in with `cloudbrain login`, or make a token that has it: Settings → Access "
               "tokens, or `cloudbrain token create`.",
               "请用 `cloudbrain login` 登录，或创建包含该权限的令牌：设置 → 访问令牌，或 "
               "`cloudbrain token create`。"});
}

// Finds out the caller's role; false where the project is hidden from them.
bool may_read(Call& call) {
  call.role = role_in(call, *call.project);
  return call.role || !call.project->is_private;
}

// False: there is none, or the caller may not see it, which is the same to them.
bool find_project(Call& call) {
  call.project = store::Projects(call.services.database)
                     .find(call.request.arg("owner"), call.request.arg("name"));
  return call.project && may_read(call);
}

void load_project(Call& call) {
  if (!find_project(call)) throw project_missing(call.request);
}

void load_task(Call& call) {
  const std::string& text = call.request.arg("id");
  const std::optional<TaskId> id = parse_id<TaskId>(text);
  if (!id) throw task_missing(text);
  call.task = store::Tasks(call.services.database).find_listed(*id);
  if (!call.task) throw task_missing(text);
  call.project = store::Projects(call.services.database).find(call.task->task.project);
  if (!call.project || !may_read(call)) throw task_missing(text);
}

void need_change(const Call& call, bool allowed) {
  if (!call.caller.user) throw not_signed_in();
  if (allowed) return;
  throw Error(ErrorKind::denied, "not_allowed",
              {fmt::format("You may look at {}/{} but not change it.", call.project->owner_name,
                           call.project->name),
               fmt::format("您可以查看 {}/{}，但无权修改。", call.project->owner_name,
                           call.project->name)});
}

void need_administrator(const Caller& caller) {
  if (!caller.user) throw not_signed_in();
  if (caller.user->is_admin) return;  // what the token may do is for its scope to say
  throw Error(
      ErrorKind::denied, "not_administrator",
      {"Only an administrator of the platform may do this.", "只有平台管理员可以执行此操作。"});
}

}  // namespace

std::optional<Role> role_in(const Call& call, const store::Project& project) {
  const Caller& caller = call.caller;
  if (!caller.user) return std::nullopt;
  if (caller.user->id == project.owner || caller.is_admin()) return Role::owner;
  return store::Members(call.services.database).role_of(project.id, caller.user->id);
}

Call guard(const Services& services, const http::Request& request, Right right, Scope scope) {
  Call call{services, request, identify(services, request), {}, {}};
  switch (right) {
    case Right::anyone:
      break;
    case Right::signed_in:
      if (!call.caller.user) throw not_signed_in();
      break;
    case Right::read_project:
      load_project(call);
      break;
    case Right::read_repository:
      if (!find_project(call)) throw call.caller.user ? project_missing(request) : not_signed_in();
      break;
    case Right::use_project:
      load_project(call);
      if (!call.caller.user) throw not_signed_in();
      break;
    case Right::write_project:
      load_project(call);
      need_change(call, call.role >= Role::writer);
      break;
    case Right::own_project:
      load_project(call);
      need_change(call, call.role >= Role::owner);
      break;
    case Right::read_task:
      load_task(call);
      break;
    case Right::change_task:
      load_task(call);
      need_change(call, call.role >= Role::owner ||
                            (call.caller.user && call.caller.user->id == call.task->task.creator));
      break;
    case Right::administer:
      need_administrator(call.caller);
      break;
  }
  need_scope(call.caller, scope);
  return call;
}

http::Route to_route(const Services& services, Operation operation) {
  http::Route route;
  route.method = operation.method;
  route.pattern = operation.pattern;
  route.body_limit = operation.body_limit;
  route.challenge = operation.challenge;
  route.statuses = operation.statuses;
  const Right right = operation.right;
  const Scope scope = operation.scope;
  if (operation.handle_stream) {
    route.handler = http::StreamingHandler(
        [&services, right, scope,
         handle = std::move(operation.handle_stream)](const http::Request& request) {
          Call call = guard(services, request, right, scope);
          return handle(call);
        });
  } else {
    route.handler = http::Handler([&services, right, scope, handle = std::move(operation.handle)](
                                      const http::Request& request) {
      Call call = guard(services, request, right, scope);
      return handle(call);
    });
  }
  return route;
}

}  // namespace cloudbrain::api
