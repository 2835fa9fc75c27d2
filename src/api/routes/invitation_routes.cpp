// Invitations: codes that let people make an account.
#include "api/people/accounts.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/hash.h"
#include "base/parse_id.h"
#include "store/people/invitations.h"

namespace cloudbrain::api {

namespace {

constexpr int kMostUses = 10'000;

InvitationView view_of(const store::Invitation& invitation) {
  return {invitation.id.value,   invitation.note,       invitation.uses_left,
          invitation.created_at, invitation.expires_at, invitation.creator_name};
}

void check(const InvitationBody& body, TimePoint now) {
  std::vector<FieldProblem> problems;
  if (body.uses < 1 || body.uses > kMostUses) {
    problems.push_back({"uses",
                        "out_of_range",
                        {fmt::format("{} is not between 1 and {}.", body.uses, kMostUses),
                         fmt::format("{} 不在 1 到 {} 之间。", body.uses, kMostUses)}});
  }
  if (body.expires_at && *body.expires_at <= now) {
    problems.push_back({"expires_at", "in_the_past", {"has already passed.", "时间已过。"}});
  }
  if (count_characters(body.note) > 255) {
    problems.push_back({"note", "too_long", {"has at most 255 characters.", "最多 255 个字符。"}});
  }
  throw_if_any(std::move(problems));
}

NewInvitationView create(Call& call, const InvitationBody& body) {
  const TimePoint now = call.services.clock.now();
  check(body, now);
  const std::string code = random_hex(16);
  store::Invitation invitation;
  invitation.code_hash = secret_hash(code);
  invitation.note = body.note;
  invitation.uses_left = body.uses;
  invitation.creator = call.caller.user->id;
  invitation.created_at = now;
  invitation.expires_at = body.expires_at;
  return {store::Invitations(call.services.database).create(invitation).value, code};
}

InvitationList list(Call& call) {
  InvitationList result;
  for (const auto& invitation : store::Invitations(call.services.database).list()) {
    result.items.push_back(view_of(invitation));
  }
  return result;
}

http::Response remove(Call& call) {
  const std::string& text = call.request.arg("id");
  const std::optional<InvitationId> id = parse_id<InvitationId>(text);
  if (!id || !store::Invitations(call.services.database).remove(*id)) {
    throw Error(ErrorKind::missing, "invitation_missing",
                {fmt::format("There is no invitation {}.", text),
                 fmt::format("没有编号为 {} 的邀请。", text)});
  }
  return http::Response::empty(204);
}

}  // namespace

void add_invitation_routes(Operations& operations) {
  operations.push_back(answers<InvitationList>(
      {"GET", "/api/v2/invitations", Right::administer, Scope::admin, "Invitations"}, list));
  operations.push_back(takes<InvitationBody, NewInvitationView>(
      {"POST", "/api/v2/invitations", Right::administer, Scope::admin, "Invite people", {}, 201},
      create));
  operations.push_back(responds({"DELETE",
                                 "/api/v2/invitations/{id}",
                                 Right::administer,
                                 Scope::admin,
                                 "Take an invitation back",
                                 {},
                                 204},
                                "", remove));
}

}  // namespace cloudbrain::api
