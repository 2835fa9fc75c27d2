#include "store/people/invitations.h"

#include "store/sqlite/statement.h"
#include "store/sqlite/user_rows.h"

namespace cloudbrain::store {

namespace {

const std::string kOpen =
    "code_hash = :code_hash AND uses_left > 0 AND (expires_at IS NULL OR expires_at > :now)";

}  // namespace

InvitationId Invitations::create(const Invitation& invitation) {
  Writing writing(database_);
  const auto id = value<InvitationId>(
      writing.connection(),
      "INSERT INTO invitations (code_hash, note, uses_left, creator_id, created_at, expires_at) "
      "VALUES (:code_hash, :note, :uses_left, :creator_id, :created_at, :expires_at) RETURNING id",
      invitation.code_hash, invitation.note, invitation.uses_left, invitation.creator,
      invitation.created_at, invitation.expires_at);
  writing.commit();
  return id.value();
}

std::vector<Invitation> Invitations::list() const {
  Reading reading(database_);
  return rows<Invitation>(reading.connection(),
                          "SELECT i.id, i.code_hash, i.note, i.uses_left, i.creator_id, u.name, "
                          "i.created_at, i.expires_at FROM invitations i "
                          "JOIN users u ON u.id = i.creator_id ORDER BY i.id DESC");
}

bool Invitations::is_open(std::string_view code_hash, TimePoint now) const {
  Reading reading(database_);
  return value<int>(reading.connection(), "SELECT 1 FROM invitations WHERE " + kOpen, code_hash,
                    now)
      .has_value();
}

std::optional<UserId> Invitations::accept(std::string_view code_hash, const User& user,
                                          TimePoint now) {
  Writing writing(database_);
  const auto taken =
      change(writing.connection(),
             "UPDATE invitations SET uses_left = uses_left - 1 WHERE " + kOpen, code_hash, now);
  if (taken == 0) return std::nullopt;
  const UserId id = insert_user(writing.connection(), user);
  writing.commit();
  return id;
}

bool Invitations::remove(InvitationId id) {
  Writing writing(database_);
  const auto removed = change(writing.connection(), "DELETE FROM invitations WHERE id = :id", id);
  writing.commit();
  return removed == 1;
}

}  // namespace cloudbrain::store
