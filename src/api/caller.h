// Who makes a request, and what they may do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "http/request.h"
#include "store/users.h"

namespace cloudbrain::api {

// What an access token may be used for. A signed-in browser session has all of them.
enum class Scope { read, write, task, admin };
BOOST_DESCRIBE_ENUM(Scope, read, write, task, admin)

struct Caller {
  std::optional<store::User> user;  // empty: signed out
  std::vector<Scope> scopes;
  bool by_cookie = false;

  bool has(Scope scope) const;
  bool is_admin() const { return user && user->is_admin && has(Scope::admin); }
};

inline constexpr std::string_view kSessionCookie = "cloudbrain_session";

// Finds the caller by `Authorization: Bearer|token …`, Basic (git: the password is a token, the one
// of POST /session too, or the account's password), or the session cookie. A credential that is
// wrong or expired throws Error unsigned_in ("token_invalid"); none at all is a signed-out caller.
// A request that changes something and is known only by its cookie must come from our own origin:
// Error denied ("wrong_origin").
Caller identify(const Services& services, const http::Request& request);

// Throws Error denied ("wrong_origin") where a browser says that a page of another site asks.
// Programs say nothing of the kind and pass. For what signs somebody in: nobody else may choose as
// whom.
void refuse_other_origins(const http::Request& request);

// The secret by which the caller is known, as a token or in the cookie; empty where there is none.
std::string_view secret_of(const http::Request& request);

// Tokens and sessions are stored by this alone.
std::string secret_hash(std::string_view secret);

}  // namespace cloudbrain::api
