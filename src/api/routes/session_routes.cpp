// Sign in, sign out, who am I.
#include "api/passwords.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/hash.h"
#include "store/sessions.h"

namespace cloudbrain::api {

namespace {

constexpr std::chrono::hours kSessionLife{24 * 30};

UserView view_of(const store::User& user) {
  return {user.id.value, user.name, user.is_admin};
}

// Set-Cookie (RFC 6265). Secure where a proxy says that the browser came by TLS.
std::string session_cookie(const http::Request& request, std::string_view secret, long max_age_s) {
  const bool tls = request.header("X-Forwarded-Proto").value_or("") == "https";
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", kSessionCookie, secret,
                     max_age_s, tls ? "; Secure" : "");
}

http::Response sign_in_here(Call& call) {
  const auto body = from_json<SignInBody>(parse_json(call.request.body), UnknownMembers::reject);
  const store::User user = sign_in(call.services, body.name, body.password, call.request.peer);
  const TimePoint now = call.services.clock.now();
  const std::string secret = random_hex(20);
  store::Session session;
  session.token_hash = secret_hash(secret);
  session.user = user.id;
  session.created_at = now;
  session.last_used_at = now;
  session.expires_at = now + kSessionLife;
  store::Sessions sessions(call.services.database);
  sessions.remove_expired(now);
  sessions.create(session);
  http::Response response = answer(SessionView{secret, view_of(user), session.expires_at}, 201);
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(kSessionLife).count();
  response.headers.add("Set-Cookie", session_cookie(call.request, secret, life));
  return response;
}

http::Response sign_out(Call& call) {
  if (const auto cookie = call.request.cookie(kSessionCookie)) {
    store::Sessions(call.services.database).remove(secret_hash(*cookie));
  }
  if (const auto header = call.request.header("Authorization")) {
    const std::size_t space = header->find(' ');
    if (space != std::string_view::npos) {
      store::Sessions(call.services.database).remove(secret_hash(header->substr(space + 1)));
    }
  }
  http::Response response = http::Response::empty(204);
  response.headers.add("Set-Cookie", session_cookie(call.request, "", 0));
  return response;
}

}  // namespace

void add_session_routes(Operations& operations) {
  Operation sign_in =
      responds({"POST", "/api/v2/session", Right::anyone, Scope::read, "Sign in", {}, 201},
               "application/json", sign_in_here);
  sign_in.body_schema = [](json::object& components) {
    return schema_of<SignInBody>(components, false);
  };
  sign_in.answer_schema = [](json::object& components) {
    return schema_of<SessionView>(components, true);
  };
  operations.push_back(std::move(sign_in));
  operations.push_back(
      responds({"DELETE", "/api/v2/session", Right::anyone, Scope::read, "Sign out", {}, 204}, "",
               sign_out));
  operations.push_back(
      answers<UserView>({"GET", "/api/v2/me", Right::signed_in, Scope::read, "Who am I"},
                        [](Call& call) { return view_of(*call.caller.user); }));
}

}  // namespace cloudbrain::api
