// Signed-in browsers. The secret itself is never stored, only its SHA-256.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "store/database.h"

namespace cloudbrain::store {

struct Session {
  std::string token_hash;  // SHA-256 of the secret, lower-case hex
  UserId user;
  TimePoint created_at;
  TimePoint expires_at;
  TimePoint last_used_at;  // to the minute or so

  bool operator==(const Session&) const = default;
};
BOOST_DESCRIBE_STRUCT(Session, (), (token_hash, user, created_at, expires_at, last_used_at))

class Sessions {
 public:
  // A session ends this long after it began, and where it was not used for so long.
  static constexpr std::chrono::hours kLongest{30 * 24};
  static constexpr std::chrono::hours kIdle{7 * 24};

  explicit Sessions(Database& database) : database_(database) {}

  void create(const Session& session);
  // Only a session that has neither expired nor lain idle at `now`.
  std::optional<Session> find(std::string_view token_hash, TimePoint now) const;
  // Notes that `session`, as found, was used. Writes only where the last note is over a minute old,
  // so that it can be called with every request.
  void touch(const Session& session, TimePoint now);
  // False where there is none.
  bool remove(std::string_view token_hash);
  // Signs a user out everywhere, as after a change of password. Gives how many sessions ended.
  std::int64_t remove_all(UserId user);
  // Idle ones too.
  std::int64_t remove_expired(TimePoint now);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
