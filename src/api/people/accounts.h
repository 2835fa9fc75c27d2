// What sign-up, the own account and the administrator's pages share.
#pragma once

#include <string_view>
#include <vector>

#include "api/services.h"
#include "api/views.h"
#include "store/users.h"

namespace cloudbrain::api {

UserView view_of(const store::User& user);

// Adds a problem for each of the fields name, password and email that a new account can't have.
void check_account(const store::Users& users, std::string_view name, std::string_view password,
                   std::string_view email, std::vector<FieldProblem>& problems);
void check_account_email(std::string_view email, std::vector<FieldProblem>& problems);
// `field`: of the new password.
void check_account_password(std::string_view name, std::string_view password, std::string field,
                            std::vector<FieldProblem>& problems);
// Adds a problem for each limit below zero; `field` names the quota.
void check_quota(const Quota& quota, const std::string& field, std::vector<FieldProblem>& problems);

inline void throw_if_any(std::vector<FieldProblem> problems) {
  if (!problems.empty()) throw Error::fields(std::move(problems));
}

}  // namespace cloudbrain::api
