#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/commands/project_words.h"
#include "cli/exit_codes.h"
#include "cli/screen/prompt.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

class ProjectCreate final : public Command {
 public:
  ProjectCreate() : Command("project create", {"Make a project of your own", "创建项目"}) {}

  void define(Options& options) override {
    options.argument("NAME", body_.name, {"Letters, digits, _ - .", "字母、数字、_ - ."});
    options.text("--description", description_, "TEXT", {"What it is for", "项目描述"});
    options.flag("--private", body_.private_, {"Only members see it", "仅成员可见"});
    options.flag("--readme", body_.readme, {"Begin with a README", "附带 README"});
    options.text("--example", body_.example, "NAME",
                 {"Begin with an example: mnist-gpu, mnist-npu", "使用示例：mnist-gpu、mnist-npu"});
    options.text("--import", body_.import_url, "URL",
                 {"Begin with a git repository", "导入 git 仓库"});
    options.text("--import-user", import_user_, "NAME",
                 {"Who to be there; the password or token comes from standard input",
                  "导入所用的用户名，密码或令牌从标准输入读取"});
    options.example("cloudbrain project create my-mnist --example mnist-gpu");
  }

  int run(Session& session) override {
    body_.description = description_.value_or("");
    if (import_user_) {
      body_.import_user = *import_user_;
      body_.import_password = ask_secret(session.terminal(), session.surroundings().in,
                                         {"Password or token: ", "密码或令牌："})
                                  .value_or("");
    }
    const json::value answer = session.api().post(Path{"projects"}, to_json(body_));
    const auto project =
        wait_for_import(session, from_json<api::ProjectView>(answer, UnknownMembers::ignore));
    if (session.terminal().json()) {
      session.terminal().print_json(to_json(project));
    } else {
      print_project(session, project);
    }
    return kDone;
  }

 private:
  api::ProjectBody body_;
  std::optional<std::string> description_;
  std::optional<std::string> import_user_;
};

class ProjectList final : public Command {
 public:
  ProjectList() : Command("project list", {"Projects you can see, newest first", "项目列表"}) {}

  void define(Options& options) override {
    options.number("--limit", limit_, "N", {"At most so many (100)", "最多显示条数，默认 100"});
    options.text("--search", search_, "TEXT",
                 {"In name, owner or description", "按名称、所有者或描述搜索"});
    options.flag("--mine", mine_, {"Those you own or are a member of", "只看自己拥有或参与的项目"});
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(limit_.value_or(100), 1));
    Path path{"projects"};
    if (search_) path.query("search", *search_);
    if (mine_) path.query("mine", "true");
    const json::value answer = session.api().list(path, limit);
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    Table table({terminal.say({"PROJECT", "项目"}), terminal.say({"VISIBLE TO", "可见性"}),
                 terminal.say({"CREATED", "创建时间"}), terminal.say({"DESCRIPTION", "描述"})});
    const auto page = from_json<api::ProjectPage>(answer, UnknownMembers::ignore);
    for (const api::ProjectView& project : page.items) {
      const Text who = project.private_ ? Text{"members", "成员可见"} : Text{"everyone", "公开"};
      table.add({{project.owner + "/" + project.name},
                 {terminal.say(who)},
                 {time_text(project.created_at)},
                 {shortened(project.description, 40)}});
    }
    if (table.empty()) {
      terminal.note(Text{"No project yet. Make one with `cloudbrain project create NAME`.",
                         "还没有项目，可用 `cloudbrain project create NAME` 创建。"});
      return kDone;
    }
    terminal.print(table.text(terminal));
    return kDone;
  }

 private:
  std::optional<std::int64_t> limit_;
  std::optional<std::string> search_;
  bool mine_ = false;
};

class ProjectShow final : public Command {
 public:
  ProjectShow()
      : Command("project show", {"One project, and its git address", "查看项目及其 git 地址"}) {}

  void define(Options& options) override { define_project_argument(options, project_); }

  int run(Session& session) override {
    const json::value answer = session.api().get(session.project_path(project_));
    if (session.terminal().json()) {
      session.terminal().print_json(answer);
    } else {
      print_project(session, from_json<api::ProjectView>(answer, UnknownMembers::ignore));
    }
    return kDone;
  }

 private:
  std::string project_;
};

class ProjectBranches final : public Command {
 public:
  ProjectBranches()
      : Command("project branches", {"Branches of a project's code", "查看代码分支"}) {}

  void define(Options& options) override { define_project_argument(options, project_); }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const json::value answer = session.api().get(session.project_path(project_).add("branches"));
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    Table table({terminal.say({"BRANCH", "分支"}), terminal.say({"COMMIT", "提交"}), ""});
    const auto list = from_json<api::BranchList>(answer, UnknownMembers::ignore);
    for (const api::BranchView& branch : list.items) {
      const std::string mark = branch.default_ ? terminal.say({"default", "默认"}) : "";
      table.add({{branch.name}, {branch.commit.substr(0, 12)}, {mark}});
    }
    if (table.empty()) {
      terminal.note(Text{"No code yet. Add some with `cloudbrain project push DIR -p PROJECT`.",
                         "还没有代码，可用 `cloudbrain project push DIR -p PROJECT` 提交。"});
      return kDone;
    }
    terminal.print(table.text(terminal));
    return kDone;
  }

 private:
  std::string project_;
};

}  // namespace

void add_project_commands(CommandTable& table) {
  table.push_back(std::make_unique<ProjectCreate>());
  table.push_back(std::make_unique<ProjectList>());
  table.push_back(std::make_unique<ProjectShow>());
  table.push_back(std::make_unique<ProjectBranches>());
}

}  // namespace cloudbrain::cli
