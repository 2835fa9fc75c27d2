// People who can sign in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "domain/quota.h"
#include "store/database.h"
#include "store/page.h"

namespace cloudbrain::store {

struct User {
  UserId id;
  std::string name;           // as typed; unique without regard to case
  std::string password_hash;  // of libsodium, opaque here; anything else lets nobody in
  bool is_admin = false;
  bool disabled = false;
  TimePoint created_at;
  std::string email;                      // may be empty
  std::optional<TimePoint> last_seen_at;  // to the minute or so
  std::optional<Quota> quota;             // empty: the platform's default

  bool operator==(const User&) const = default;
};
BOOST_DESCRIBE_STRUCT(User, (),
                      (id, name, password_hash, is_admin, disabled, created_at, email, last_seen_at,
                       quota))

// What an administrator changes; what is empty stays.
struct UserChange {
  std::optional<bool> disabled;
  std::optional<bool> is_admin;
  std::optional<std::string> password_hash;
  std::optional<std::string> email;
  std::optional<std::optional<Quota>> quota;
};

class Users {
 public:
  explicit Users(Database& database) : database_(database) {}

  // Stores all but the id. Throws conflict "name_in_use".
  UserId create(const User& user);
  std::optional<User> find(UserId id) const;
  // Without regard to case.
  std::optional<User> find(std::string_view name) const;
  // Newest first; those whose name or address contains `search`, without regard to case.
  std::vector<User> list(std::string_view search, const Page& page) const;
  // Who is disabled or gets a new password is signed out everywhere; tokens stay. False where there
  // is no such user. Throws conflict "last_administrator" rather than leave the platform without
  // one who can sign in.
  bool change(UserId id, const UserChange& change);
  // Ends all the user's sessions but `kept_session` (its token_hash). False where there is no such
  // user.
  bool set_password(UserId id, std::string_view password_hash, std::string_view kept_session = {});
  // Notes that `user`, as found, was here. As Sessions::touch.
  void touch(const User& user, TimePoint now);
  std::int64_t count() const;

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
