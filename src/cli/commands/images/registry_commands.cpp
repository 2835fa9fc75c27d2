// Credentials of registries: a project's, or with --platform those of the platform.
#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/prompt.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

// Whose registries a command means.
class Owner {
 public:
  void define(Options& options) {
    options.text("-p,--project", project_, "PROJECT",
                 {"A project's, for its external images", "项目（用于其外部镜像）"});
    options.flag("--platform", platform_, {"The platform's (administrator)", "平台（管理员）"});
  }
  Path path(Session& session) const {
    if (project_.has_value() == platform_)
      throw usage_error(
          {"Say whose: -p PROJECT or --platform.", "请指定归属：-p 项目 或 --platform。"});
    if (platform_) return Path{"registries"};
    Path path = session.project_path(*project_);
    return path.add("registries");
  }

 private:
  std::optional<std::string> project_;
  bool platform_ = false;
};

class ImageLogin final : public Command {
 public:
  ImageLogin()
      : Command("image login", {"Name a registry, with user name and password where it asks for "
                                "them",
                                "登记镜像仓库及其用户名和密码"}) {}
  void define(Options& options) override {
    options.argument("REGISTRY", registry_,
                     {"registry.example.com or 10.0.0.5:5000", "镜像仓库地址"});
    owner_.define(options);
    options.text("-u,--user", user_, "NAME", {"User name there", "用户名"});
    options.flag("--plain-http", plain_http_,
                 {"Without TLS, or with a certificate that nobody vouches for (with --platform)",
                  "不使用 TLS 或证书不受信任（需 --platform）"});
  }
  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    json::object body{{"plain_http", plain_http_}};
    if (user_) {
      const auto password = ask_secret(terminal, session.surroundings().in,
                                       {"Password of the registry: ", "镜像仓库密码："});
      if (!password || password->empty())
        throw usage_error({"The password is empty.", "密码为空。"});
      body["user_name"] = *user_;
      body["password"] = *password;
    }
    const json::value answer = session.api().put(owner_.path(session).add(registry_), body);
    if (terminal.json()) {
      terminal.print_json(answer);
    } else {
      terminal.print_line(terminal.say(
          {fmt::format("{} is known.", registry_), fmt::format("已登记 {}。", registry_)}));
    }
    return kDone;
  }

 private:
  std::string registry_;
  Owner owner_;
  std::optional<std::string> user_;
  bool plain_http_ = false;
};

class ImageLogout final : public Command {
 public:
  ImageLogout() : Command("image logout", {"Forget a registry", "删除镜像仓库登记"}) {}
  void define(Options& options) override {
    options.argument("REGISTRY", registry_, {"As it was named", "镜像仓库地址"});
    owner_.define(options);
  }
  int run(Session& session) override {
    session.api().remove(owner_.path(session).add(registry_));
    session.terminal().note(
        Text{fmt::format("{} is forgotten.", registry_), fmt::format("已删除 {}。", registry_)});
    return kDone;
  }

 private:
  std::string registry_;
  Owner owner_;
};

class ImageRegistries final : public Command {
 public:
  ImageRegistries()
      : Command("image registries", {"Registries that are named", "已登记的镜像仓库"}) {}
  void define(Options& options) override { owner_.define(options); }
  int run(Session& session) override {
    Terminal& t = session.terminal();
    const json::value answer = session.api().get(owner_.path(session));
    if (t.json()) {
      t.print_json(answer);
      return kDone;
    }
    Table table({t.say({"REGISTRY", "镜像仓库"}), t.say({"USER", "用户名"}), "TLS",
                 t.say({"SINCE", "登记时间"})});
    for (const api::RegistryView& one :
         from_json<api::RegistryList>(answer, UnknownMembers::ignore).items) {
      table.add({{one.registry},
                 {one.user_name.empty() ? "-" : one.user_name},
                 {one.plain_http ? t.say({"no", "否"}) : t.say({"yes", "是"})},
                 {time_text(one.created_at)}});
    }
    t.print(table.text(t));
    return kDone;
  }

 private:
  Owner owner_;
};

}  // namespace

void add_registry_commands(CommandTable& table) {
  table.push_back(std::make_unique<ImageLogin>());
  table.push_back(std::make_unique<ImageLogout>());
  table.push_back(std::make_unique<ImageRegistries>());
}

}  // namespace cloudbrain::cli
