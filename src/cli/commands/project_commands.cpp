#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

void print_project(Session& session, const api::ProjectView& project) {
  Terminal& terminal = session.terminal();
  Table table;
  const auto fact = [&](const Text& name, const std::string& value) {
    table.add({{terminal.say(name), Paint::dim}, {value}});
  };
  fact({"project", "项目"}, project.owner + "/" + project.name);
  fact({"visible to", "可见性"},
       terminal.say(project.private_ ? Text{"members", "成员可见"} : Text{"everyone", "公开"}));
  if (!project.description.empty()) fact({"description", "描述"}, project.description);
  fact({"created", "创建时间"}, time_text(project.created_at));
  fact({"git", "git 地址"}, session.account().server + project.clone_path);
  terminal.print(table.text(terminal));
}

class ProjectCreate final : public Command {
 public:
  ProjectCreate() : Command("project create", {"Make a project of your own", "创建项目"}) {}

  void define(Options& options) override {
    options.argument("NAME", body_.name, {"Letters, digits, _ - .", "字母、数字、_ - ."});
    options.text("--description", description_, "TEXT", {"What it is for", "项目描述"});
    options.flag("--private", body_.private_, {"Only members see it", "仅成员可见"});
  }

  int run(Session& session) override {
    body_.description = description_.value_or("");
    const json::value answer = session.api().post(Path{"projects"}, to_json(body_));
    if (session.terminal().json()) {
      session.terminal().print_json(answer);
    } else {
      print_project(session, from_json<api::ProjectView>(answer, UnknownMembers::ignore));
    }
    return kDone;
  }

 private:
  api::ProjectBody body_;
  std::optional<std::string> description_;
};

class ProjectList final : public Command {
 public:
  ProjectList() : Command("project list", {"Projects you can see, newest first", "项目列表"}) {}

  void define(Options& options) override {
    options.number("--limit", limit_, "N", {"At most so many (100)", "最多显示条数，默认 100"});
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(limit_.value_or(100), 1));
    const json::value answer = session.api().list(Path{"projects"}, limit);
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
};

class ProjectShow final : public Command {
 public:
  ProjectShow()
      : Command("project show", {"One project, and its git address", "查看项目及其 git 地址"}) {}

  void define(Options& options) override {
    options.argument("PROJECT", project_,
                     {"OWNER/NAME, or NAME of your own", "所有者/名称，自己的项目可只写名称"});
  }

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

  void define(Options& options) override {
    options.argument("PROJECT", project_,
                     {"OWNER/NAME, or NAME of your own", "所有者/名称，自己的项目可只写名称"});
  }

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
