// Codes that let people make an account. The code itself is never stored, only its SHA-256.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "store/database.h"
#include "store/users.h"

namespace cloudbrain::store {

struct Invitation {
  InvitationId id;
  std::string code_hash;  // SHA-256 of the code, lower-case hex
  std::string note;       // whom it is for; may be empty
  int uses_left = 1;
  UserId creator;
  std::string creator_name;  // read from users; ignored when written
  TimePoint created_at;
  std::optional<TimePoint> expires_at;  // empty: never

  bool operator==(const Invitation&) const = default;
};
BOOST_DESCRIBE_STRUCT(Invitation, (),
                      (id, code_hash, note, uses_left, creator, creator_name, created_at,
                       expires_at))

class Invitations {
 public:
  explicit Invitations(Database& database) : database_(database) {}

  // Stores all but the id.
  InvitationId create(const Invitation& invitation);
  // Newest first, used up and expired ones too.
  std::vector<Invitation> list() const;
  // Whether accept() would let somebody in now.
  bool is_open(std::string_view code_hash, TimePoint now) const;
  // Makes the user and takes one use, both or neither. Nullopt where the code is unknown, used up
  // or expired. Throws conflict "name_in_use".
  std::optional<UserId> accept(std::string_view code_hash, const User& user, TimePoint now);
  // False where there is none.
  bool remove(InvitationId id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
