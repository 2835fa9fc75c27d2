#include "store/people/sessions.h"

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

constexpr std::chrono::minutes kTouchStep{1};

}  // namespace

void Sessions::create(const Session& session) {
  Writing writing(database_);
  change(writing.connection(),
         "INSERT INTO sessions (token_hash, user_id, created_at, expires_at, last_used_at) "
         "VALUES (:token_hash, :user_id, :created_at, :expires_at, :last_used_at)",
         session.token_hash, session.user, session.created_at, session.expires_at,
         session.last_used_at);
  writing.commit();
}

std::optional<Session> Sessions::find(std::string_view token_hash, TimePoint now) const {
  Reading reading(database_);
  return row<Session>(reading.connection(),
                      "SELECT token_hash, user_id, created_at, expires_at, last_used_at "
                      "FROM sessions WHERE token_hash = :token_hash AND expires_at > :now "
                      "AND last_used_at > :idle_since",
                      token_hash, now, TimePoint(now - kIdle));
}

void Sessions::touch(const Session& session, TimePoint now) {
  if (now - session.last_used_at < kTouchStep) return;
  Writing writing(database_);
  change(writing.connection(),
         "UPDATE sessions SET last_used_at = :now WHERE token_hash = :token_hash", now,
         session.token_hash);
  writing.commit();
}

bool Sessions::remove(std::string_view token_hash) {
  Writing writing(database_);
  const auto removed = change(writing.connection(),
                              "DELETE FROM sessions WHERE token_hash = :token_hash", token_hash);
  writing.commit();
  return removed == 1;
}

std::int64_t Sessions::remove_all(UserId user) {
  Writing writing(database_);
  const auto removed =
      change(writing.connection(), "DELETE FROM sessions WHERE user_id = :user_id", user);
  writing.commit();
  return removed;
}

std::int64_t Sessions::remove_expired(TimePoint now) {
  Writing writing(database_);
  const auto removed =
      change(writing.connection(),
             "DELETE FROM sessions WHERE expires_at <= :now OR last_used_at <= :idle_since", now,
             TimePoint(now - kIdle));
  writing.commit();
  return removed;
}

}  // namespace cloudbrain::store
