#include "store/users.h"

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect =
    "SELECT id, name, password_hash, is_admin, disabled, created_at FROM users ";

}  // namespace

UserId Users::create(const User& user) {
  Writing writing(database_);
  const auto id =
      value<UserId>(writing.connection(),
                    "INSERT INTO users (name, password_hash, is_admin, disabled, created_at) "
                    "VALUES (:name, :password_hash, :is_admin, :disabled, :created_at) "
                    "ON CONFLICT (lower(name)) DO NOTHING RETURNING id",
                    user.name, user.password_hash, user.is_admin, user.disabled, user.created_at);
  if (!id) {
    throw Error(ErrorKind::conflict, "name_in_use",
                {fmt::format("There is already a user named \"{}\".", user.name),
                 fmt::format("用户名“{}”已被使用。", user.name)},
                {"Choose another name.", "请换一个名称。"});
  }
  writing.commit();
  return *id;
}

std::optional<User> Users::find(UserId id) const {
  Reading reading(database_);
  return row<User>(reading.connection(), kSelect + "WHERE id = :id", id);
}

std::optional<User> Users::find(std::string_view name) const {
  Reading reading(database_);
  return row<User>(reading.connection(), kSelect + "WHERE lower(name) = lower(:name)", name);
}

bool Users::set_password(UserId id, std::string_view password_hash) {
  Writing writing(database_);
  const auto changed =
      change(writing.connection(), "UPDATE users SET password_hash = :password_hash WHERE id = :id",
             password_hash, id);
  writing.commit();
  return changed == 1;
}

std::int64_t Users::count() const {
  Reading reading(database_);
  return value<long long>(reading.connection(), "SELECT count(*) FROM users").value_or(0);
}

}  // namespace cloudbrain::store
