// Access tokens for programs. The secret itself is never stored, only its SHA-256.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "store/database.h"

namespace cloudbrain::store {

struct AccessToken {
  TokenId id;
  UserId user;
  std::string name;                 // what its owner calls it; need not be unique
  std::string token_hash;           // SHA-256 of the secret, lower-case hex
  std::vector<std::string> scopes;  // read, write, task, admin
  TimePoint created_at;
  std::optional<TimePoint> expires_at;    // empty: never
  std::optional<TimePoint> last_used_at;  // to the minute or so

  bool operator==(const AccessToken&) const = default;
};
BOOST_DESCRIBE_STRUCT(AccessToken, (),
                      (id, user, name, token_hash, scopes, created_at, expires_at, last_used_at))

class Tokens {
 public:
  explicit Tokens(Database& database) : database_(database) {}

  // Stores all but the id.
  TokenId create(const AccessToken& token);
  // Only a token that has not expired at `now`.
  std::optional<AccessToken> find(std::string_view token_hash, TimePoint now) const;
  // Newest first, expired ones too.
  std::vector<AccessToken> list(UserId user) const;
  // As Sessions::touch.
  void touch(const AccessToken& token, TimePoint now);
  // False where this user has no such token.
  bool remove(UserId user, TokenId id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
