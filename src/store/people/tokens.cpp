#include "store/people/tokens.h"

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

constexpr std::chrono::minutes kTouchStep{1};

const std::string kSelect =
    "SELECT id, user_id, name, token_hash, scopes_json, created_at, expires_at, last_used_at "
    "FROM tokens ";

}  // namespace

TokenId Tokens::create(const AccessToken& token) {
  Writing writing(database_);
  const auto id = value<TokenId>(
      writing.connection(),
      "INSERT INTO tokens (user_id, name, token_hash, scopes_json, created_at, expires_at, "
      "last_used_at) VALUES (:user_id, :name, :token_hash, :scopes, :created_at, :expires_at, "
      ":last_used_at) RETURNING id",
      token.user, token.name, token.token_hash, token.scopes, token.created_at, token.expires_at,
      token.last_used_at);
  writing.commit();
  return id.value();
}

std::optional<AccessToken> Tokens::find(std::string_view token_hash, TimePoint now) const {
  Reading reading(database_);
  return row<AccessToken>(
      reading.connection(),
      kSelect + "WHERE token_hash = :token_hash AND (expires_at IS NULL OR expires_at > :now)",
      token_hash, now);
}

std::vector<AccessToken> Tokens::list(UserId user) const {
  Reading reading(database_);
  return rows<AccessToken>(reading.connection(),
                           kSelect + "WHERE user_id = :user_id ORDER BY id DESC", user);
}

void Tokens::touch(const AccessToken& token, TimePoint now) {
  if (token.last_used_at && now - *token.last_used_at < kTouchStep) return;
  Writing writing(database_);
  change(writing.connection(), "UPDATE tokens SET last_used_at = :now WHERE id = :id", now,
         token.id);
  writing.commit();
}

bool Tokens::remove(UserId user, TokenId id) {
  Writing writing(database_);
  const auto removed = change(writing.connection(),
                              "DELETE FROM tokens WHERE id = :id AND user_id = :user_id", id, user);
  writing.commit();
  return removed == 1;
}

}  // namespace cloudbrain::store
