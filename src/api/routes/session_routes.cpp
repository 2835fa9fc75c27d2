// Sign up, sign in, sign out.
#include "api/people/accounts.h"
#include "api/people/passwords.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/hash.h"
#include "store/people/invitations.h"
#include "store/people/sessions.h"
#include "store/settings.h"

namespace cloudbrain::api {

namespace {

// Set-Cookie (RFC 6265). Secure where a proxy says that the browser came by TLS.
std::string session_cookie(const http::Request& request, std::string_view secret, long max_age_s) {
  const bool tls = request.header("X-Forwarded-Proto").value_or("") == "https";
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", kSessionCookie, secret,
                     max_age_s, tls ? "; Secure" : "");
}

http::Response begin_session(Call& call, const store::User& user) {
  const TimePoint now = call.services.clock.now();
  const std::string secret = random_hex(20);
  store::Session session;
  session.token_hash = secret_hash(secret);
  session.user = user.id;
  session.created_at = now;
  session.last_used_at = now;
  session.expires_at = now + store::Sessions::kLongest;
  store::Sessions sessions(call.services.database);
  sessions.remove_expired(now);
  sessions.create(session);
  http::Response response = answer(SessionView{secret, view_of(user), session.expires_at}, 201);
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(store::Sessions::kLongest);
  response.headers.add("Set-Cookie", session_cookie(call.request, secret, life.count()));
  return response;
}

http::Response sign_in_here(Call& call) {
  refuse_other_origins(call.request);
  const auto body = from_json<SignInBody>(parse_json(call.request.body), UnknownMembers::reject);
  const store::User user = sign_in(call.services, body.name, body.password, call.request.peer);
  return begin_session(call, user);
}

FieldProblem invitation_problem(const std::string& code) {
  if (code.empty()) {
    return {"invitation", "required", {"needs an invitation's code.", "需要邀请码。"}};
  }
  return {"invitation",
          "invitation_invalid",
          {"This invitation is unknown, used up or expired. Ask for a new one.",
           "该邀请码不存在、已用完或已过期，请索取新的邀请码。"}};
}

void refuse_closed_sign_up(SignUp sign_up) {
  if (sign_up != SignUp::closed) return;
  throw Error(
      ErrorKind::denied, "sign_up_closed",
      {"Accounts of this platform are made by its administrator.", "本平台的账号由管理员创建。"},
      {"Ask the administrator for one.", "请联系管理员。"});
}

http::Response sign_up_here(Call& call) {
  refuse_other_origins(call.request);
  const auto body = from_json<SignUpBody>(parse_json(call.request.body), UnknownMembers::reject);
  const SignUp sign_up = store::Settings(call.services.database).get().sign_up;
  refuse_closed_sign_up(sign_up);
  store::Users users(call.services.database);
  store::Invitations invitations(call.services.database);
  const TimePoint now = call.services.clock.now();
  const std::string code = body.invitation.value_or("");
  const bool by_invitation = sign_up == SignUp::invitation;
  std::vector<FieldProblem> problems;
  check_account(users, body.name, body.password, body.email, problems);
  if (by_invitation && !invitations.is_open(secret_hash(code), now)) {
    problems.push_back(invitation_problem(code));
  }
  throw_if_any(std::move(problems));
  store::User user;
  user.name = body.name;
  user.password_hash = hash_password(body.password);
  user.email = body.email;
  user.created_at = now;
  if (!by_invitation) {
    user.id = users.create(user);
  } else if (const auto id = invitations.accept(secret_hash(code), user, now)) {
    user.id = *id;
  } else {
    throw Error::fields({invitation_problem(code)});  // somebody else took its last use
  }
  return begin_session(call, user);
}

http::Response sign_out(Call& call) {
  store::Sessions(call.services.database).remove(secret_hash(secret_of(call.request)));
  http::Response response = http::Response::empty(204);
  response.headers.add("Set-Cookie", session_cookie(call.request, "", 0));
  return response;
}

template <typename In>
Operation begins_session(const std::string& pattern, const std::string& summary,
                         http::Response (*handler)(Call&)) {
  Operation operation = responds({"POST", pattern, Right::anyone, Scope::read, summary, {}, 201},
                                 "application/json", handler);
  operation.body_schema = [](json::object& components) { return schema_of<In>(components, false); };
  operation.answer_schema = [](json::object& components) {
    return schema_of<SessionView>(components, true);
  };
  return operation;
}

}  // namespace

void add_session_routes(Operations& operations) {
  operations.push_back(
      begins_session<SignUpBody>("/api/v2/sign-up", "Make an account and sign in", sign_up_here));
  operations.push_back(begins_session<SignInBody>("/api/v2/session", "Sign in", sign_in_here));
  operations.push_back(
      responds({"DELETE", "/api/v2/session", Right::anyone, Scope::read, "Sign out", {}, 204}, "",
               sign_out));
}

}  // namespace cloudbrain::api
