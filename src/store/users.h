// People who can sign in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "store/database.h"

namespace cloudbrain::store {

struct User {
  UserId id;
  std::string name;           // as typed; unique without regard to case
  std::string password_hash;  // of libsodium, opaque here
  bool is_admin = false;
  bool disabled = false;
  TimePoint created_at;

  bool operator==(const User&) const = default;
};
BOOST_DESCRIBE_STRUCT(User, (), (id, name, password_hash, is_admin, disabled, created_at))

class Users {
 public:
  explicit Users(Database& database) : database_(database) {}

  // Stores all but the id. Throws conflict "name_in_use".
  UserId create(const User& user);
  std::optional<User> find(UserId id) const;
  // Without regard to case.
  std::optional<User> find(std::string_view name) const;
  // False where there is no such user.
  bool set_password(UserId id, std::string_view password_hash);
  std::int64_t count() const;

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
