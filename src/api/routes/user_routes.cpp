// Users, as an administrator sees and changes them.
#include "api/paging.h"
#include "api/people/accounts.h"
#include "api/people/passwords.h"
#include "api/routes.h"
#include "api/views.h"

namespace cloudbrain::api {

namespace {

UserAdminView admin_view_of(const Call& call, const store::User& user) {
  UserAdminView view;
  view.id = user.id.value;
  view.name = user.name;
  view.email = user.email;
  view.admin = user.is_admin;
  view.disabled = user.disabled;
  view.created_at = user.created_at;
  view.last_seen_at = user.last_seen_at;
  view.quota = {call.services.quotas.quota(user.id)};
  view.own_quota = user.quota.has_value();
  view.usage = {call.services.quotas.usage(user.id)};
  return view;
}

UserPage list(Call& call) {
  const store::Page page = page_of(call.request);
  const auto users =
      store::Users(call.services.database).list(call.request.query("search").value_or(""), page);
  UserPage result;
  for (const store::User& user : users) result.items.push_back(admin_view_of(call, user));
  result.next = next_of(users, page, [](const store::User& user) { return user.id.value; });
  return result;
}

UserAdminView create(Call& call, const NewUserBody& body) {
  store::Users users(call.services.database);
  std::vector<FieldProblem> problems;
  check_account(users, body.name, body.password, body.email, problems);
  throw_if_any(std::move(problems));
  store::User user;
  user.name = body.name;
  user.password_hash = hash_password(body.password);
  user.email = body.email;
  user.is_admin = body.admin;
  user.created_at = call.services.clock.now();
  user.id = users.create(user);
  return admin_view_of(call, user);
}

store::User find(const Call& call) {
  const std::string& name = call.request.arg("user");
  auto user = store::Users(call.services.database).find(name);
  if (!user) {
    throw Error(
        ErrorKind::missing, "user_missing",
        {fmt::format("There is no user \"{}\".", name), fmt::format("没有用户“{}”。", name)});
  }
  return *std::move(user);
}

// "quota": null takes the user's own away; only the text tells it from no word about the quota.
bool names_quota(const Call& call) {
  return parse_json(call.request.body).as_object().contains("quota");
}

UserAdminView change(Call& call, const UserChangeBody& body) {
  const store::User user = find(call);
  std::vector<FieldProblem> problems;
  check_account_email(body.email.value_or(""), problems);
  if (body.password) check_account_password(user.name, *body.password, "password", problems);
  if (body.quota) check_quota(*body.quota, "quota", problems);
  throw_if_any(std::move(problems));
  store::UserChange change{.disabled = body.disabled, .is_admin = body.admin, .email = body.email};
  if (body.password) change.password_hash = hash_password(*body.password);
  if (names_quota(call)) change.quota = body.quota;
  store::Users(call.services.database).change(user.id, change);
  return admin_view_of(call, find(call));
}

}  // namespace

void add_user_routes(Operations& operations) {
  operations.push_back(answers<UserPage>({"GET",
                                          "/api/v2/users",
                                          Right::administer,
                                          Scope::admin,
                                          "Users of the platform",
                                          {"search", "limit", "after"}},
                                         list));
  operations.push_back(takes<NewUserBody, UserAdminView>(
      {"POST", "/api/v2/users", Right::administer, Scope::admin, "Make a user", {}, 201}, create));
  operations.push_back(takes<UserChangeBody, UserAdminView>(
      {"PATCH", "/api/v2/users/{user}", Right::administer, Scope::admin,
       "Disable, reset the password, set the quota, make administrator"},
      change));
}

}  // namespace cloudbrain::api
