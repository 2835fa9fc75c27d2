// `cloudbrain user …`: works on the server's database itself, beside a running server or without
// one, for the day on which nobody can sign in any more.
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include "api/people/accounts.h"
#include "api/people/passwords.h"
#include "app/commands.h"
#include "base/hash.h"
#include "cli/exit_codes.h"
#include "cli/screen/prompt.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"
#include "store/users.h"

namespace cloudbrain::app {

namespace {

// A command on the users of one data directory.
class UserCommand : public cli::Command {
 public:
  using Command::Command;

  void define(cli::Options& options) override {
    options.required("--data", data_, "DIR", {"The server's data directory", "服务的数据目录"});
  }

  int run(cli::Session& session) final {
    const fs::path file = fs::absolute(data_) / "cloudbrain.db";
    if (!fs::exists(file)) {
      throw Error(ErrorKind::missing, "data_missing",
                  {fmt::format("{} is no data directory of a server: it has no cloudbrain.db.",
                               fs::absolute(data_).native()),
                   fmt::format("{} 不是服务的数据目录：其中没有 cloudbrain.db。",
                               fs::absolute(data_).native())},
                  {"Give the directory that `cloudbrain serve --data` was given.",
                   "请指定 cloudbrain serve --data 所用的目录。"});
    }
    store::Database database(file);
    store::Users users(database);
    return run_on(users, session);
  }

 protected:
  virtual int run_on(store::Users& users, cli::Session& session) = 0;

 private:
  std::string data_;
};

store::User find(const store::Users& users, const std::string& name) {
  auto user = users.find(name);
  if (user) return *std::move(user);
  throw Error(ErrorKind::missing, "user_missing",
              {fmt::format("There is no user \"{}\".", name), fmt::format("没有用户“{}”。", name)},
              {"`cloudbrain user list` has them all.", "cloudbrain user list 可列出所有用户。"});
}

json::object to_object(const store::User& user) {
  return {{"id", user.id.value},
          {"name", user.name},
          {"email", user.email},
          {"admin", user.is_admin},
          {"disabled", user.disabled},
          {"created_at", to_rfc3339(user.created_at)},
          {"last_seen_at", to_json(user.last_seen_at)}};
}

int done(cli::Terminal& terminal, const store::User& user, const Text& said) {
  if (terminal.json()) {
    terminal.print_json(to_object(user));
  } else {
    terminal.print_line(terminal.say(said));
  }
  return cli::kDone;
}

// Where a new password comes from: the keyboard, standard input, or chance.
class PasswordSource {
 public:
  void define(cli::Options& options) {
    options.flag("--password-stdin", from_stdin_,
                 {"Read the password from standard input", "从标准输入读取密码"});
    options.flag("--generate", generate_, {"Make a password and print it", "生成密码并显示"});
  }

  std::string take(cli::Session& session) const {
    if (generate_) return random_hex(10);
    cli::Terminal& terminal = session.terminal();
    const int input = session.surroundings().in;
    if (!from_stdin_ && ::isatty(input) == 0) {
      throw cli::usage_error(
          {"There is no terminal to ask for the password.", "没有可用于输入密码的终端。"},
          {"Use --password-stdin or --generate.", "请使用 --password-stdin 或 --generate。"});
    }
    const auto first = cli::ask_secret(terminal, input, {"New password: ", "新密码："});
    if (!from_stdin_ && first != cli::ask_secret(terminal, input, {"Once more: ", "再输一次："})) {
      throw cli::usage_error({"The two passwords differ.", "两次输入的密码不一致。"});
    }
    return first.value_or("");
  }

  // A made password is told this once.
  int tell(cli::Terminal& terminal, const store::User& user, const std::string& password,
           const Text& said) const {
    if (!generate_) return done(terminal, user, said);
    if (terminal.json()) {
      json::object answer = to_object(user);
      answer["password"] = password;
      terminal.print_json(answer);
      return cli::kDone;
    }
    terminal.print_line(terminal.say(said));
    terminal.print_line(fmt::format("{} {}", terminal.say({"Password:", "密码："}), password));
    return cli::kDone;
  }

 private:
  bool from_stdin_ = false;
  bool generate_ = false;
};

std::string hashed(const std::string& password) {
  if (sodium_init() < 0) throw Error(ErrorKind::internal, "no_sodium", {"libsodium", "libsodium"});
  return api::hash_password(password);
}

class UserList final : public UserCommand {
 public:
  UserList() : UserCommand("user list", {"Everybody who has an account", "所有用户"}) {}

 protected:
  int run_on(store::Users& users, cli::Session& session) override {
    cli::Terminal& terminal = session.terminal();
    const std::vector<store::User> everybody = all(users);
    if (terminal.json()) {
      json::array items;
      for (const store::User& user : everybody) items.push_back(to_object(user));
      terminal.print_json(json::object{{"items", std::move(items)}, {"next", nullptr}});
      return cli::kDone;
    }
    cli::Table table({terminal.say({"USER", "用户"}), terminal.say({"ROLE", "角色"}),
                      terminal.say({"STATE", "状态"}), terminal.say({"E-MAIL", "邮箱"}),
                      terminal.say({"LAST SEEN", "最近使用"})});
    for (const store::User& user : everybody) {
      const Text role = user.is_admin ? Text{"administrator", "管理员"} : Text{"user", "用户"};
      const Text state = user.disabled ? Text{"disabled", "已停用"} : Text{"enabled", "正常"};
      table.add({{user.name},
                 {terminal.say(role)},
                 {terminal.say(state), user.disabled ? cli::Paint::yellow : cli::Paint::plain},
                 {user.email},
                 {user.last_seen_at ? cli::time_text(*user.last_seen_at) : "-"}});
    }
    terminal.print(table.text(terminal));
    return cli::kDone;
  }

 private:
  static std::vector<store::User> all(const store::Users& users) {
    std::vector<store::User> everybody;
    store::Page page{.limit = 500};
    while (true) {
      const std::vector<store::User> some = users.list("", page);
      everybody.insert(everybody.end(), some.begin(), some.end());
      if (some.size() < static_cast<std::size_t>(page.limit)) return everybody;
      page.after = some.back().id.value;
    }
  }
};

class UserAdd final : public UserCommand {
 public:
  UserAdd() : UserCommand("user add", {"Make an account", "创建用户"}) {}

  void define(cli::Options& options) override {
    options.argument("NAME", name_, {"Of the new user", "新用户名"});
    UserCommand::define(options);
    options.text("--email", email_, "ADDRESS", {"E-mail address", "邮箱"});
    options.flag("--admin", admin_, {"Make an administrator", "设为管理员"});
    password_.define(options);
    options.example("cloudbrain user add ada --data /var/lib/cloudbrain --generate");
  }

 protected:
  int run_on(store::Users& users, cli::Session& session) override {
    const std::string password = password_.take(session);
    std::vector<FieldProblem> problems;
    api::check_account(users, name_, password, email_.value_or(""), problems);
    api::throw_if_any(std::move(problems));
    store::User user;
    user.name = name_;
    user.email = email_.value_or("");
    user.is_admin = admin_;
    user.password_hash = hashed(password);
    user.created_at = SystemClock().now();
    user.id = users.create(user);
    return password_.tell(session.terminal(), user, password,
                          {fmt::format("{} can sign in now.", user.name),
                           fmt::format("{} 现在可以登录。", user.name)});
  }

 private:
  std::string name_;
  std::optional<std::string> email_;
  bool admin_ = false;
  PasswordSource password_;
};

class UserPasswd final : public UserCommand {
 public:
  UserPasswd()
      : UserCommand("user passwd", {"Give a user a new password; ends their sessions, tokens stay",
                                    "重设用户密码；其登录会话随之结束，令牌保留"}) {}

  void define(cli::Options& options) override {
    options.argument("NAME", name_, {"The user", "用户名"});
    UserCommand::define(options);
    password_.define(options);
    options.example("cloudbrain user passwd admin --data /var/lib/cloudbrain");
    options.example("cloudbrain user passwd admin --data /var/lib/cloudbrain --generate");
  }

 protected:
  int run_on(store::Users& users, cli::Session& session) override {
    const store::User user = find(users, name_);
    const std::string password = password_.take(session);
    std::vector<FieldProblem> problems;
    api::check_account_password(user.name, password, "password", problems);
    api::throw_if_any(std::move(problems));
    users.set_password(user.id, hashed(password));
    if (user.disabled) {
      session.terminal().note(
          Text{fmt::format("{} is still disabled; see `cloudbrain user enable`.", user.name),
               fmt::format("{} 仍处于停用状态，参见 cloudbrain user enable。", user.name)});
    }
    return password_.tell(session.terminal(), user, password,
                          {fmt::format("{} has a new password.", user.name),
                           fmt::format("{} 的密码已重设。", user.name)});
  }

 private:
  std::string name_;
  PasswordSource password_;
};

class UserEnable final : public UserCommand {
 public:
  UserEnable() : UserCommand("user enable", {"Let a user in again", "启用用户"}) {}

  void define(cli::Options& options) override {
    options.argument("NAME", name_, {"The user", "用户名"});
    UserCommand::define(options);
  }

 protected:
  int run_on(store::Users& users, cli::Session& session) override {
    users.change(find(users, name_).id, {.disabled = false});
    const store::User user = find(users, name_);
    return done(session.terminal(), user,
                {fmt::format("{} can sign in again.", user.name),
                 fmt::format("{} 可以重新登录。", user.name)});
  }

 private:
  std::string name_;
};

class UserDisable final : public UserCommand {
 public:
  UserDisable()
      : UserCommand("user disable",
                    {"Keep a user out at once; what is theirs stays", "停用用户，其数据保留"}) {}

  void define(cli::Options& options) override {
    options.argument("NAME", name_, {"The user", "用户名"});
    UserCommand::define(options);
  }

 protected:
  int run_on(store::Users& users, cli::Session& session) override {
    users.change(find(users, name_).id, {.disabled = true});
    const store::User user = find(users, name_);
    return done(session.terminal(), user,
                {fmt::format("{} is signed out and can't sign in any more.", user.name),
                 fmt::format("{} 已退出登录，且不能再登录。", user.name)});
  }

 private:
  std::string name_;
};

class UserAdmin final : public UserCommand {
 public:
  UserAdmin()
      : UserCommand("user admin",
                    {"Make a user an administrator, or no more", "设置或取消管理员"}) {}

  void define(cli::Options& options) override {
    options.argument("NAME", name_, {"The user", "用户名"});
    UserCommand::define(options);
    options.flag("--remove", remove_, {"No longer an administrator", "取消管理员"});
  }

 protected:
  int run_on(store::Users& users, cli::Session& session) override {
    users.change(find(users, name_).id, {.is_admin = !remove_});
    const store::User user = find(users, name_);
    const Text now = user.is_admin ? Text{"is an administrator now.", "现在是管理员。"}
                                   : Text{"is no administrator any more.", "不再是管理员。"};
    return done(session.terminal(), user,
                {fmt::format("{} {}", user.name, now.en), fmt::format("{} {}", user.name, now.zh)});
  }

 private:
  std::string name_;
  bool remove_ = false;
};

}  // namespace

void add_user_commands(cli::CommandTable& table) {
  table.push_back(std::make_unique<UserList>());
  table.push_back(std::make_unique<UserAdd>());
  table.push_back(std::make_unique<UserPasswd>());
  table.push_back(std::make_unique<UserEnable>());
  table.push_back(std::make_unique<UserDisable>());
  table.push_back(std::make_unique<UserAdmin>());
}

}  // namespace cloudbrain::app
