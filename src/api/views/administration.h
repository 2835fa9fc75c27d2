// What administrators see and change: users, invitations, settings. See api/views.h.
#pragma once

#include "api/views/people.h"

namespace cloudbrain::api {

struct UserAdminView {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  bool admin = false;
  bool disabled = false;
  TimePoint created_at;
  std::optional<TimePoint> last_seen_at;
  QuotaView quota;         // that holds for the user
  bool own_quota = false;  // false: it is the platform's default
  QuotaUsageView usage;
};
BOOST_DESCRIBE_STRUCT(UserAdminView, (),
                      (id, name, email, admin, disabled, created_at, last_seen_at, quota, own_quota,
                       usage))

struct UserPage : Page<UserAdminView> {};
BOOST_DESCRIBE_STRUCT(UserPage, (), (items, next))

struct NewUserBody {
  std::string name;
  std::string password;
  std::string email;
  bool admin = false;
  static constexpr std::array<std::string_view, 2> kRequired{"name", "password"};
};
BOOST_DESCRIBE_STRUCT(NewUserBody, (), (name, password, email, admin))

// What is left out stays.
struct UserChangeBody {
  std::optional<bool> disabled;
  std::optional<bool> admin;
  std::optional<std::string> password;
  std::optional<std::string> email;
  std::optional<QuotaBody> quota;  // null: back to the platform's default
};
BOOST_DESCRIBE_STRUCT(UserChangeBody, (), (disabled, admin, password, email, quota))

struct InvitationBody {
  int uses = 1;
  std::optional<TimePoint> expires_at;  // null: never
  std::string note;
};
BOOST_DESCRIBE_STRUCT(InvitationBody, (), (uses, expires_at, note))

struct NewInvitationView {
  std::int64_t id = 0;
  std::string code;  // shown this once; the link is /sign-up?invitation=CODE
};
BOOST_DESCRIBE_STRUCT(NewInvitationView, (), (id, code))

struct InvitationView {
  std::int64_t id = 0;
  std::string note;
  int uses_left = 0;
  TimePoint created_at;
  std::optional<TimePoint> expires_at;
  std::string created_by;
};
BOOST_DESCRIBE_STRUCT(InvitationView, (), (id, note, uses_left, created_at, expires_at, created_by))

struct InvitationList {
  std::vector<InvitationView> items;
};
BOOST_DESCRIBE_STRUCT(InvitationList, (), (items))

struct SettingsView {
  SignUp sign_up = SignUp::closed;
  QuotaView default_quota;
  bool import_private_addresses = false;
  std::int64_t max_repository_bytes = 0;
  std::int64_t max_file_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(SettingsView, (),
                      (sign_up, default_quota, import_private_addresses, max_repository_bytes,
                       max_file_bytes))

// What is left out stays.
struct SettingsBody {
  std::optional<SignUp> sign_up;
  std::optional<QuotaBody> default_quota;
  std::optional<bool> import_private_addresses;
  std::optional<std::int64_t> max_repository_bytes;
  std::optional<std::int64_t> max_file_bytes;
};
BOOST_DESCRIBE_STRUCT(SettingsBody, (),
                      (sign_up, default_quota, import_private_addresses, max_repository_bytes,
                       max_file_bytes))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_ADMINISTRATION_VIEWS(X) \
  X(UserAdminView) X(UserPage) X(NewUserBody) X(UserChangeBody) X(InvitationBody) \
  X(NewInvitationView) X(InvitationView) X(InvitationList) X(SettingsView) X(SettingsBody)
// clang-format on

}  // namespace cloudbrain::api
