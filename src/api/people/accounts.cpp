#include "api/people/accounts.h"

#include <fmt/format.h>

#include "domain/names.h"

namespace cloudbrain::api {

UserView view_of(const store::User& user) {
  return {user.id.value, user.name, user.is_admin, user.email, user.created_at};
}

void check_account(const store::Users& users, std::string_view name, std::string_view password,
                   std::string_view email, std::vector<FieldProblem>& problems) {
  if (const auto broken = check_user_name(name)) {
    problems.push_back({"name", broken->code, broken->message});
  } else if (users.find(name)) {
    problems.push_back({"name",
                        "name_in_use",
                        {fmt::format("There is already a user named \"{}\".", name),
                         fmt::format("用户名“{}”已被使用。", name)}});
  }
  check_account_password(name, password, "password", problems);
  check_account_email(email, problems);
}

void check_account_email(std::string_view email, std::vector<FieldProblem>& problems) {
  if (const auto broken = check_email(email)) {
    problems.push_back({"email", broken->code, broken->message});
  }
}

void check_account_password(std::string_view name, std::string_view password, std::string field,
                            std::vector<FieldProblem>& problems) {
  if (const auto broken = check_new_password(name, password)) {
    problems.push_back({std::move(field), broken->code, broken->message});
  }
}

void check_quota(const Quota& quota, const std::string& field,
                 std::vector<FieldProblem>& problems) {
  boost::mp11::mp_for_each<json_detail::Members<Quota>>([&](auto member) {
    const std::optional<std::int64_t>& limit = quota.*member.pointer;
    if (!limit || *limit >= 0) return;
    problems.push_back({field + "." + member.name,
                        "out_of_range",
                        {fmt::format("{} is below 0; leave it out for no limit.", *limit),
                         fmt::format("{} 小于 0；不设限制时请留空。", *limit)}});
  });
}

}  // namespace cloudbrain::api
