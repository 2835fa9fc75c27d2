// Access tokens of one's own, for scripts and for machines that nobody signs in to.
#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

class TokenCreate final : public Command {
 public:
  TokenCreate()
      : Command("token create", {"Make a token; it is shown this once", "创建令牌（仅显示一次）"}) {
  }

  void define(Options& options) override {
    options.argument("NAME", name_, {"What it is for", "用途"});
    options.list("--scope", scopes_, "SCOPE",
                 {"read, write, task or admin; repeat for several (read, write, task)",
                  "read、write、task 或 admin，可重复（默认 read、write、task）"});
    options.text("--expires", expires_, "TIME",
                 {"Ends after this time: 12h, 90d (never)", "有效期：12h、90d（默认不过期）"});
    options.example("cloudbrain token create nightly --scope read --scope task --expires 90d");
  }

  int run(Session& session) override {
    api::TokenBody body;
    body.name = name_;
    if (!scopes_.empty()) body.scopes = scopes_;
    if (expires_) {
      const std::optional<std::int64_t> seconds = parse_duration(*expires_);
      if (!seconds) {
        throw usage_error({fmt::format("\"{}\" is no time; one looks like 12h or 90d.", *expires_),
                           fmt::format("“{}”不是时间，应形如 12h 或 90d。", *expires_)});
      }
      body.expires_at =
          std::chrono::time_point_cast<TimePoint::duration>(std::chrono::system_clock::now()) +
          std::chrono::seconds(*seconds);
    }
    const json::value answer = session.api().post(Path{"tokens"}, to_json(body));
    Terminal& terminal = session.terminal();
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    // Alone on its line, so that $(…) has it.
    terminal.print_line(from_json<api::NewTokenView>(answer, UnknownMembers::ignore).token);
    return kDone;
  }

 private:
  std::string name_;
  std::vector<std::string> scopes_;
  std::optional<std::string> expires_;
};

class TokenList final : public Command {
 public:
  TokenList() : Command("token list", {"Your tokens, never their secrets", "列出令牌"}) {}
  void define(Options& /*options*/) override {}

  int run(Session& session) override {
    Terminal& t = session.terminal();
    const json::value answer = session.api().get(Path{"tokens"});
    if (t.json()) {
      t.print_json(answer);
      return kDone;
    }
    const auto time_or = [](const std::optional<TimePoint>& time, std::string otherwise) {
      return time ? time_text(*time) : std::move(otherwise);
    };
    Table table({t.say({"ID", "编号"}), t.say({"NAME", "名称"}), t.say({"SCOPES", "权限"}),
                 t.say({"CREATED", "创建时间"}), t.say({"ENDS", "到期"}),
                 t.say({"LAST USED", "最近使用"})});
    for (const api::TokenView& token :
         from_json<api::TokenList>(answer, UnknownMembers::ignore).items) {
      table.add({{std::to_string(token.id)},
                 {token.name},
                 {fmt::format("{}", fmt::join(token.scopes, ", "))},
                 {time_text(token.created_at)},
                 {time_or(token.expires_at, t.say({"never", "永不"}))},
                 {time_or(token.last_used_at, "-")}});
    }
    t.print(table.text(t));
    return kDone;
  }
};

class TokenRemove final : public Command {
 public:
  TokenRemove() : Command("token remove", {"End a token at once", "立即注销令牌"}) {}

  void define(Options& options) override {
    options.argument("ID", id_, {"See `cloudbrain token list`", "见 `cloudbrain token list`"});
  }

  int run(Session& session) override {
    (void)session.api().remove(Path{"tokens", id_});
    return kDone;
  }

 private:
  std::string id_;
};

}  // namespace

void add_token_commands(CommandTable& table) {
  table.push_back(std::make_unique<TokenCreate>());
  table.push_back(std::make_unique<TokenList>());
  table.push_back(std::make_unique<TokenRemove>());
}

}  // namespace cloudbrain::cli
