// People: sessions, accounts, tokens, and what an administrator sees of them. See api/views.h.
#pragma once

#include "api/views/page.h"
#include "domain/quota.h"
#include "domain/settings.h"

namespace cloudbrain::api {

struct UserView {
  std::int64_t id = 0;
  std::string name;
  bool admin = false;
  std::string email;  // may be empty
  TimePoint created_at;
};
BOOST_DESCRIBE_STRUCT(UserView, (), (id, name, admin, email, created_at))

// What everyone may know of the platform.
struct PlatformView {
  std::string version;
  SignUp sign_up = SignUp::closed;
};
BOOST_DESCRIBE_STRUCT(PlatformView, (), (version, sign_up))

struct SignInBody {
  std::string name;
  std::string password;
  static constexpr std::array<std::string_view, 2> kRequired{"name", "password"};
};
BOOST_DESCRIBE_STRUCT(SignInBody, (), (name, password))

struct SignUpBody {
  std::string name;
  std::string password;
  std::string email;
  std::optional<std::string> invitation;  // its code; needed where sign_up is "invitation"
  static constexpr std::array<std::string_view, 2> kRequired{"name", "password"};
};
BOOST_DESCRIBE_STRUCT(SignUpBody, (), (name, password, email, invitation))

struct SessionView {
  std::string token;  // for scripts; a browser uses the cookie that comes with it
  UserView user;
  TimePoint expires_at;  // at the latest; a session that lies idle ends earlier
};
BOOST_DESCRIBE_STRUCT(SessionView, (), (token, user, expires_at))

struct AccountBody {
  std::optional<std::string> email;
};
BOOST_DESCRIBE_STRUCT(AccountBody, (), (email))

struct PasswordBody {
  std::string current;
  std::string new_;
  static constexpr std::array<std::string_view, 2> kRequired{"current", "new"};
};
BOOST_DESCRIBE_STRUCT(PasswordBody, (), (current, new_))

struct TokenBody {
  std::string name;
  std::vector<std::string> scopes{"read", "write", "task"};  // read, write, task, admin
  std::optional<TimePoint> expires_at;
  static constexpr std::array<std::string_view, 1> kRequired{"name"};
};
BOOST_DESCRIBE_STRUCT(TokenBody, (), (name, scopes, expires_at))

struct NewTokenView {
  std::int64_t id = 0;
  std::string token;  // shown this once
};
BOOST_DESCRIBE_STRUCT(NewTokenView, (), (id, token))

struct TokenView {
  std::int64_t id = 0;
  std::string name;
  std::vector<std::string> scopes;
  TimePoint created_at;
  std::optional<TimePoint> expires_at;
  std::optional<TimePoint> last_used_at;
};
BOOST_DESCRIBE_STRUCT(TokenView, (), (id, name, scopes, created_at, expires_at, last_used_at))

struct TokenList {
  std::vector<TokenView> items;
};
BOOST_DESCRIBE_STRUCT(TokenList, (), (items))

// What one user may have at a time; null: no limit.
struct QuotaView : Quota {};
BOOST_DESCRIBE_STRUCT(QuotaView, (), (tasks_train, tasks_inference, accelerators, storage_bytes))

// Takes the place of the whole quota: what is left out has no limit.
struct QuotaBody : Quota {};
BOOST_DESCRIBE_STRUCT(QuotaBody, (), (tasks_train, tasks_inference, accelerators, storage_bytes))

struct QuotaUsageView : QuotaUsage {};
BOOST_DESCRIBE_STRUCT(QuotaUsageView, (),
                      (tasks_train, tasks_inference, accelerators, storage_bytes))

struct MyQuotaView {
  QuotaView quota;
  QuotaUsageView usage;
};
BOOST_DESCRIBE_STRUCT(MyQuotaView, (), (quota, usage))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_PEOPLE_VIEWS(X) \
  X(UserView) X(PlatformView) X(SignInBody) X(SignUpBody) X(SessionView) X(AccountBody) \
  X(PasswordBody) X(TokenBody) X(NewTokenView) X(TokenView) X(TokenList) X(QuotaView) \
  X(QuotaBody) X(QuotaUsageView) X(MyQuotaView)
// clang-format on

}  // namespace cloudbrain::api
