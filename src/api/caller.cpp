#include "api/caller.h"

#include <algorithm>

#include "api/people/passwords.h"
#include "base/hash.h"
#include "base/json.h"
#include "store/people/sessions.h"
#include "store/people/tokens.h"

namespace cloudbrain::api {

namespace {

Error token_invalid() {
  return Error(ErrorKind::unsigned_in, "token_invalid",
               {"The access token or password is wrong, expired or was removed.",
                "访问令牌或密码错误、已过期或已被删除。"},
               {"Sign in again, or make a new token.", "请重新登录，或创建新的访问令牌。"});
}

std::vector<Scope> all_scopes() {
  return {Scope::read, Scope::write, Scope::task, Scope::admin};
}

Caller of_user(const Services& services, std::optional<store::User> user,
               std::vector<Scope> scopes) {
  if (!user || user->disabled) throw token_invalid();
  store::Users(services.database).touch(*user, services.clock.now());
  return {std::move(user), std::move(scopes), false};
}

std::optional<Caller> by_token(const Services& services, std::string_view secret) {
  store::Tokens tokens(services.database);
  const TimePoint now = services.clock.now();
  const auto token = tokens.find(secret_hash(secret), now);
  if (!token) return std::nullopt;
  tokens.touch(*token, now);
  std::vector<Scope> scopes;
  for (const std::string& name : token->scopes) {
    if (const auto scope = enum_from_name<Scope>(name)) scopes.push_back(*scope);
  }
  return of_user(services, store::Users(services.database).find(token->user), std::move(scopes));
}

std::optional<Caller> by_session(const Services& services, std::string_view secret) {
  store::Sessions sessions(services.database);
  const TimePoint now = services.clock.now();
  const auto session = sessions.find(secret_hash(secret), now);
  if (!session) return std::nullopt;
  sessions.touch(*session, now);
  return of_user(services, store::Users(services.database).find(session->user), all_scopes());
}

// A session's secret is given out as a token too (POST /session answers it).
Caller by_secret(const Services& services, std::string_view secret) {
  if (auto caller = by_token(services, secret)) return std::move(*caller);
  if (auto caller = by_session(services, secret)) return std::move(*caller);
  throw token_invalid();
}

Caller by_basic(const Services& services, const http::Request& request, std::string_view encoded) {
  bool ok = false;
  const std::string pair = base64_decode(encoded, ok);
  const std::size_t colon = pair.find(':');
  if (!ok || colon == std::string::npos) throw token_invalid();
  const std::string name = pair.substr(0, colon);
  const std::string secret = pair.substr(colon + 1);
  if (auto caller = by_token(services, secret)) return std::move(*caller);
  if (auto caller = by_session(services, secret)) return std::move(*caller);
  return of_user(services, sign_in(services, name, secret, request.peer), all_scopes());
}

// RFC 6454: scheme and host of the page that asks. Sec-Fetch-Site is what browsers of today add.
bool is_own_origin(const http::Request& request) {
  if (const auto site = request.header("Sec-Fetch-Site"))
    return *site == "same-origin" || *site == "none";
  const auto origin = request.header("Origin");
  const auto host = request.header("Host");
  if (!origin || !host) return false;
  const std::size_t scheme = origin->find("://");
  return scheme != std::string_view::npos && origin->substr(scheme + 3) == *host;
}

Error wrong_origin() {
  return Error(ErrorKind::denied, "wrong_origin",
               {"The request came from another site and was not carried out.",
                "该请求来自其他站点，未被执行。"});
}

// The scheme and what follows it in `Authorization`.
std::pair<std::string_view, std::string_view> split_authorization(std::string_view header) {
  const std::size_t space = header.find(' ');
  if (space == std::string_view::npos) return {header, {}};
  return {header.substr(0, space), header.substr(space + 1)};
}

bool is_bearer(std::string_view scheme) {
  return http::equals_ignoring_case(scheme, "Bearer") ||
         http::equals_ignoring_case(scheme, "token");
}

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

bool Caller::has(Scope scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

std::string secret_hash(std::string_view secret) {
  return sha256_hex(secret);
}

void refuse_other_origins(const http::Request& request) {
  const bool says_origin = request.header("Sec-Fetch-Site") || request.header("Origin");
  if (says_origin && !is_own_origin(request)) throw wrong_origin();
}

std::string_view secret_of(const http::Request& request) {
  if (const auto authorization = request.header("Authorization")) {
    const auto [scheme, value] = split_authorization(*authorization);
    return is_bearer(scheme) ? value : std::string_view{};
  }
  return request.cookie(kSessionCookie).value_or("");
}

Caller identify(const Services& services, const http::Request& request) {
  if (const auto authorization = request.header("Authorization")) {
    const auto [scheme, value] = split_authorization(*authorization);
    if (is_bearer(scheme)) return by_secret(services, value);
    if (http::equals_ignoring_case(scheme, "Basic")) return by_basic(services, request, value);
    throw token_invalid();
  }
  const auto cookie = request.cookie(kSessionCookie);
  if (!cookie) return {};
  std::optional<Caller> caller = by_session(services, *cookie);
  if (!caller) return {};  // an old cookie is like none: the console shows its sign-in page
  if (changes_something(request.method) && !is_own_origin(request)) throw wrong_origin();
  caller->by_cookie = true;
  return std::move(*caller);
}

}  // namespace cloudbrain::api
