#include <array>

#include <unistd.h>

#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/prompt.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "?";
  return name.data();
}

class Login final : public Command {
 public:
  Login() : Command("login", {"Sign in to a server and stay so", "登录服务器并保存登录状态"}) {}

  void define(Options& options) override {
    options.text("-u,--user", user_, "NAME", {"Asked for where left out", "用户名，省略时会询问"});
    options.flag("--password-stdin", password_stdin_,
                 {"Read the password from standard input", "从标准输入读取密码"});
    options.example("cloudbrain login --server http://127.0.0.1:8080 --user admin");
    options.example("cloudbrain login --user admin --password-stdin < password.txt");
  }

  int run(Session& session) override {
    const std::string& server = session.account().server;
    const SavedLogin login = session.options().token
                                 ? with_token(session, server, *session.options().token)
                                 : with_password(session, server);
    const fs::path file = credentials_file(session.surroundings());
    SavedLogins saved = load_logins(file);
    saved.put(login);
    save_logins(file, saved);

    Terminal& terminal = session.terminal();
    if (terminal.json()) {
      terminal.print_json(
          json::object{{"server", server}, {"user", login.user}, {"saved_to", file.string()}});
      return kDone;
    }
    terminal.print_line(terminal.say({fmt::format("Signed in to {} as {}. The token is kept in {}.",
                                                  server, login.user, file.string()),
                                      fmt::format("已以 {1} 身份登录 {0}，令牌保存在 {2}。", server,
                                                  login.user, file.string())}));
    return kDone;
  }

 private:
  // A token that was made elsewhere: all that is to be done is to see whether it is any good.
  static SavedLogin with_token(Session& session, const std::string& server,
                               const std::string& token) {
    return {server, session.api().get_as<api::UserView>(Path{"me"}).name, token, 0};
  }

  SavedLogin with_password(Session& session, const std::string& server) const {
    const bool chinese = session.terminal().chinese();
    const std::string user = user_name(session);
    const std::string password = ask_password(session);
    Api anonymous(server, "", chinese);
    const auto signed_in = from_json<api::SessionView>(
        anonymous.post(Path{"session"}, to_json(api::SignInBody{user, password})),
        UnknownMembers::ignore);
    // The session ends by itself after a while; a token of our own stays until `logout`.
    Api api(server, signed_in.token, chinese);
    api::TokenBody wanted;
    wanted.name = "cloudbrain @ " + host_name();
    if (signed_in.user.admin) wanted.scopes.emplace_back("admin");
    const auto token = from_json<api::NewTokenView>(api.post(Path{"tokens"}, to_json(wanted)),
                                                    UnknownMembers::ignore);
    end_earlier_token(session, api, signed_in.user.name);
    api.remove(Path{"session"});
    return {server, signed_in.user.name, token.token, token.id};
  }

  // One token a server: the one that is about to be forgotten must not stay valid.
  static void end_earlier_token(Session& session, Api& api, const std::string& user) {
    const SavedLogins saved = load_logins(credentials_file(session.surroundings()));
    const SavedLogin* earlier = saved.find(api.server());
    if (earlier == nullptr || earlier->token_id == 0 || earlier->user != user) return;
    try {
      api.remove(Path{"tokens", std::to_string(earlier->token_id)});
    } catch (const ServerProblem&) {
      // Removed or expired meanwhile.
    }
  }

  std::string user_name(Session& session) const {
    if (user_) return *user_;
    if (password_stdin_) {
      throw usage_error(
          {"--password-stdin needs --user NAME.", "--password-stdin 需要同时给出 --user。"});
    }
    const auto answer = ask(session.terminal(), session.surroundings().in, {"User: ", "用户名："});
    if (!answer || answer->empty()) throw usage_error({"--user is missing.", "缺少 --user。"});
    return *answer;
  }

  std::string ask_password(Session& session) const {
    const int input = session.surroundings().in;
    if (!password_stdin_ && isatty(input) == 0) {
      throw usage_error(
          {"There is no terminal to ask for the password.", "没有可用于输入密码的终端。"},
          {"Use --password-stdin.", "请使用 --password-stdin。"});
    }
    const auto answer = ask_secret(session.terminal(), input, {"Password: ", "密码："});
    if (!answer || answer->empty()) throw usage_error({"The password is empty.", "密码为空。"});
    return *answer;
  }

  std::optional<std::string> user_;
  bool password_stdin_ = false;
};

class Logout final : public Command {
 public:
  Logout() : Command("logout", {"End the saved token and forget it", "注销并删除已保存的令牌"}) {}

  void define(Options& /*options*/) override {}

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const std::string& server = session.account().server;
    const fs::path file = credentials_file(session.surroundings());
    SavedLogins saved = load_logins(file);
    const SavedLogin* login = saved.find(server);
    if (login == nullptr) {
      terminal.note(Text{fmt::format("Nobody is signed in to {}.", server),
                         fmt::format("当前没有登录 {}。", server)});
      return kDone;
    }
    end_token(session, *login);
    saved.drop(server);
    save_logins(file, saved);
    if (terminal.json()) {
      terminal.print_json(json::object{{"server", server}});
    } else {
      terminal.print_line(terminal.say(
          {fmt::format("Signed out of {}.", server), fmt::format("已退出 {}。", server)}));
    }
    return kDone;
  }

 private:
  // The file must forget the token even where the server cannot be told.
  static void end_token(Session& session, const SavedLogin& login) {
    if (login.token_id == 0) return;
    try {
      Api api(login.server, login.token, session.terminal().chinese());
      api.remove(Path{"tokens", std::to_string(login.token_id)});
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::unsigned_in || error.kind() == ErrorKind::missing) return;
      session.terminal().note(
          Text{fmt::format("The server could not be told; the token stays valid there: {}",
                           error.message().en),
               fmt::format("未能通知服务器，令牌在服务器上仍然有效：{}", error.message().zh)});
    }
  }
};

class Whoami final : public Command {
 public:
  Whoami() : Command("whoami", {"Who is signed in, and where", "查看当前登录的用户和服务器"}) {}

  void define(Options& /*options*/) override {}

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const json::value answer = session.api().get(Path{"me"});
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    const auto user = from_json<api::UserView>(answer, UnknownMembers::ignore);
    const std::string role = user.admin ? terminal.say({" (administrator)", "（管理员）"}) : "";
    terminal.print_line(
        terminal.say({fmt::format("{}{} at {}", user.name, role, session.account().server),
                      fmt::format("{}{}，服务器 {}", user.name, role, session.account().server)}));
    return kDone;
  }
};

}  // namespace

void add_session_commands(CommandTable& table) {
  table.push_back(std::make_unique<Login>());
  table.push_back(std::make_unique<Logout>());
  table.push_back(std::make_unique<Whoami>());
}

}  // namespace cloudbrain::cli
