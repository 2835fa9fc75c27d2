// The caller's own access tokens.
#include "api/routes.h"
#include "api/views.h"
#include "base/hash.h"
#include "base/parse_id.h"
#include "store/people/tokens.h"

namespace cloudbrain::api {

namespace {

TokenView view_of(const store::AccessToken& token) {
  return {token.id.value,   token.name,       token.scopes,
          token.created_at, token.expires_at, token.last_used_at};
}

void check(const Call& call, const TokenBody& body) {
  std::vector<FieldProblem> problems;
  if (body.name.empty() || count_characters(body.name) > 100) {
    problems.push_back(
        {"name", "token_name", {"needs 1 to 100 characters.", "应为1到100个字符。"}});
  }
  if (body.scopes.empty()) {
    problems.push_back({"scopes", "required", {"needs at least one scope.", "至少选择一个权限。"}});
  }
  if (body.expires_at && *body.expires_at <= call.services.clock.now()) {
    problems.push_back({"expires_at", "in_the_past", {"has already passed.", "时间已过。"}});
  }
  for (const std::string& name : body.scopes) {
    const auto scope = enum_from_name<Scope>(name);
    if (!scope) {
      problems.push_back({"scopes",
                          "not_allowed",
                          {fmt::format("\"{}\" is not one of: read, write, task, admin.", name),
                           fmt::format("“{}”不在可选值之中：read, write, task, admin。", name)}});
    } else if (!call.caller.has(*scope)) {
      problems.push_back({"scopes",
                          "scope_missing",
                          {fmt::format("A token without the scope {} can't give it.", name),
                           fmt::format("不具备 {} 权限的令牌不能授予该权限。", name)}});
    }
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
}

NewTokenView create(Call& call, const TokenBody& body) {
  check(call, body);
  // 40 lower-case hex characters: what existing clients of the platform accept.
  const std::string secret = random_hex(20);
  store::AccessToken token;
  token.user = call.caller.user->id;
  token.name = body.name;
  token.token_hash = secret_hash(secret);
  token.scopes = body.scopes;
  token.created_at = call.services.clock.now();
  token.expires_at = body.expires_at;
  return {store::Tokens(call.services.database).create(token).value, secret};
}

TokenList list(Call& call) {
  TokenList tokens;
  for (const auto& token : store::Tokens(call.services.database).list(call.caller.user->id)) {
    tokens.items.push_back(view_of(token));
  }
  return tokens;
}

http::Response remove(Call& call) {
  const std::string& text = call.request.arg("id");
  const std::optional<TokenId> id = parse_id<TokenId>(text);
  if (!id || !store::Tokens(call.services.database).remove(call.caller.user->id, *id)) {
    throw Error(ErrorKind::missing, "token_missing",
                {fmt::format("You have no token {}.", text),
                 fmt::format("您没有编号为 {} 的令牌。", text)});
  }
  return http::Response::empty(204);
}

}  // namespace

void add_token_routes(Operations& operations) {
  operations.push_back(answers<TokenList>(
      {"GET", "/api/v2/tokens", Right::signed_in, Scope::read, "My access tokens"}, list));
  operations.push_back(takes<TokenBody, NewTokenView>(
      {"POST", "/api/v2/tokens", Right::signed_in, Scope::write, "Make an access token", {}, 201},
      create));
  operations.push_back(responds({"DELETE",
                                 "/api/v2/tokens/{id}",
                                 Right::signed_in,
                                 Scope::write,
                                 "Remove an access token",
                                 {},
                                 204},
                                "", remove));
}

}  // namespace cloudbrain::api
