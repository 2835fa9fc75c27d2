// People: sessions, tokens. See api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

struct UserView {
  std::int64_t id = 0;
  std::string name;
  bool admin = false;
};
BOOST_DESCRIBE_STRUCT(UserView, (), (id, name, admin))

struct SignInBody {
  std::string name;
  std::string password;
  static constexpr std::array<std::string_view, 2> kRequired{"name", "password"};
};
BOOST_DESCRIBE_STRUCT(SignInBody, (), (name, password))

struct SessionView {
  std::string token;  // for scripts; a browser uses the cookie that comes with it
  UserView user;
  TimePoint expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionView, (), (token, user, expires_at))

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

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_PEOPLE_VIEWS(X) \
  X(UserView) X(SignInBody) X(SessionView) X(TokenBody) X(NewTokenView) X(TokenView) \
  X(TokenList)
// clang-format on

}  // namespace cloudbrain::api
