// The caller's own account.
#include "api/people/accounts.h"
#include "api/people/passwords.h"
#include "api/routes.h"
#include "api/views.h"

namespace cloudbrain::api {

namespace {

UserView change_account(Call& call, const AccountBody& body) {
  store::User user = *call.caller.user;
  std::vector<FieldProblem> problems;
  check_account_email(body.email.value_or(""), problems);
  throw_if_any(std::move(problems));
  store::Users(call.services.database).change(user.id, {.email = body.email});
  user.email = body.email.value_or(user.email);
  return view_of(user);
}

// Whoever has only the session or a token must not be able to keep the owner out.
http::Response change_password(Call& call) {
  const auto body = from_json<PasswordBody>(parse_json(call.request.body), UnknownMembers::reject);
  const store::User& user = *call.caller.user;
  std::vector<FieldProblem> problems;
  check_account_password(user.name, body.new_, "new", problems);
  if (!is_password_of(call.services, user.name, user, body.current, call.request.peer)) {
    problems.push_back(
        {"current", "password_wrong", {"This is not your current password.", "当前密码不正确。"}});
  }
  throw_if_any(std::move(problems));
  store::Users(call.services.database)
      .set_password(user.id, hash_password(body.new_), secret_hash(secret_of(call.request)));
  return http::Response::empty(204);
}

MyQuotaView my_quota(Call& call) {
  const UserId user = call.caller.user->id;
  return {{call.services.quotas.quota(user)}, {call.services.quotas.usage(user)}};
}

}  // namespace

void add_account_routes(Operations& operations) {
  operations.push_back(
      answers<UserView>({"GET", "/api/v2/me", Right::signed_in, Scope::read, "Who am I"},
                        [](Call& call) { return view_of(*call.caller.user); }));
  operations.push_back(takes<AccountBody, UserView>(
      {"PATCH", "/api/v2/me", Right::signed_in, Scope::write, "Change my account"},
      change_account));
  Operation password = responds({"PUT",
                                 "/api/v2/me/password",
                                 Right::signed_in,
                                 Scope::write,
                                 "Change my password; ends my other sessions",
                                 {},
                                 204},
                                "", change_password);
  password.body_schema = [](json::object& components) {
    return schema_of<PasswordBody>(components, false);
  };
  operations.push_back(std::move(password));
  operations.push_back(answers<MyQuotaView>({"GET", "/api/v2/me/quota", Right::signed_in,
                                             Scope::read, "What I may have, and what I have"},
                                            my_quota));
}

}  // namespace cloudbrain::api
