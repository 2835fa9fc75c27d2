#include "store/users.h"

#include <limits>

#include "domain/names.h"
#include "store/sqlite/search.h"
#include "store/sqlite/statement.h"
#include "store/sqlite/user_rows.h"

namespace cloudbrain::store {

namespace {

constexpr std::chrono::minutes kTouchStep{1};

const std::string kSelect =
    "SELECT id, name, password_hash, is_admin, disabled, created_at, email, last_seen_at, "
    "quota_json FROM users ";

void end_sessions(Connection& connection, UserId user, std::string_view kept = {}) {
  change(connection, "DELETE FROM sessions WHERE user_id = :user_id AND token_hash <> :kept", user,
         kept);
}

void refuse_without_administrator(Connection& connection, const User& user) {
  const bool one_left =
      value<int>(connection, "SELECT 1 FROM users WHERE is_admin = 1 AND disabled = 0 LIMIT 1")
          .has_value();
  if (one_left) return;
  throw Error(ErrorKind::conflict, "last_administrator",
              {fmt::format("{} is the last administrator who can sign in.", user.name),
               fmt::format("{} 是最后一位可以登录的管理员。", user.name)},
              {"Make somebody else an administrator first.", "请先将其他用户设为管理员。"});
}

}  // namespace

UserId insert_user(Connection& connection, const User& user) {
  const auto id = value<UserId>(
      connection,
      "INSERT INTO users (name, password_hash, is_admin, disabled, created_at, email, "
      "last_seen_at, quota_json) VALUES (:name, :password_hash, :is_admin, :disabled, :created_at, "
      ":email, :last_seen_at, :quota) ON CONFLICT (lower(name)) DO NOTHING RETURNING id",
      user.name, user.password_hash, user.is_admin, user.disabled, user.created_at, user.email,
      user.last_seen_at, user.quota);
  if (!id) {
    throw Error(ErrorKind::conflict, "name_in_use",
                {fmt::format("There is already a user named \"{}\".", user.name),
                 fmt::format("用户名“{}”已被使用。", user.name)},
                {"Choose another name.", "请换一个名称。"});
  }
  return *id;
}

UserId Users::create(const User& user) {
  Writing writing(database_);
  const UserId id = insert_user(writing.connection(), user);
  writing.commit();
  return id;
}

std::optional<User> Users::find(UserId id) const {
  Reading reading(database_);
  return row<User>(reading.connection(), kSelect + "WHERE id = :id", id);
}

std::optional<User> Users::find(std::string_view name) const {
  Reading reading(database_);
  return row<User>(reading.connection(), kSelect + "WHERE lower(name) = lower(:name)", name);
}

std::vector<User> Users::list(std::string_view search, const Page& page) const {
  const std::string pattern = like_pattern(lower_case(search));
  const long long before = page.after == 0 ? std::numeric_limits<long long>::max() : page.after;
  Reading reading(database_);
  return rows<User>(reading.connection(),
                    kSelect +
                        "WHERE id < :before AND (lower(name) LIKE :name ESCAPE '\\' "
                        "OR lower(email) LIKE :email ESCAPE '\\') ORDER BY id DESC LIMIT :limit",
                    before, pattern, pattern, page.limit);
}

bool Users::change(UserId id, const UserChange& wanted) {
  Writing writing(database_);
  Connection& connection = writing.connection();
  std::optional<User> user = row<User>(connection, kSelect + "WHERE id = :id", id);
  if (!user) return false;
  const bool was_administrator = user->is_admin && !user->disabled;
  user->disabled = wanted.disabled.value_or(user->disabled);
  user->is_admin = wanted.is_admin.value_or(user->is_admin);
  user->password_hash = wanted.password_hash.value_or(user->password_hash);
  user->email = wanted.email.value_or(user->email);
  user->quota = wanted.quota.value_or(user->quota);
  store::change(connection,
                "UPDATE users SET disabled = :disabled, is_admin = :is_admin, "
                "password_hash = :password_hash, email = :email, quota_json = :quota "
                "WHERE id = :id",
                user->disabled, user->is_admin, user->password_hash, user->email, user->quota, id);
  if (was_administrator) refuse_without_administrator(connection, *user);
  if (user->disabled || wanted.password_hash) end_sessions(connection, id);
  writing.commit();
  return true;
}

bool Users::set_password(UserId id, std::string_view password_hash, std::string_view kept_session) {
  Writing writing(database_);
  const auto changed = store::change(writing.connection(),
                                     "UPDATE users SET password_hash = :password_hash "
                                     "WHERE id = :id",
                                     password_hash, id);
  end_sessions(writing.connection(), id, kept_session);
  writing.commit();
  return changed == 1;
}

void Users::touch(const User& user, TimePoint now) {
  if (user.last_seen_at && now - *user.last_seen_at < kTouchStep) return;
  Writing writing(database_);
  store::change(writing.connection(), "UPDATE users SET last_seen_at = :now WHERE id = :id", now,
                user.id);
  writing.commit();
}

std::int64_t Users::count() const {
  Reading reading(database_);
  return value<long long>(reading.connection(), "SELECT count(*) FROM users").value_or(0);
}

}  // namespace cloudbrain::store
