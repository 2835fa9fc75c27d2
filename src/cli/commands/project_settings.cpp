// What changes a project: fork, edit, transfer, delete, and who works on it.
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

// Prints the project that the server answers with.
int answered(Session& session, const json::value& answer) {
  if (session.terminal().json()) {
    session.terminal().print_json(answer);
  } else {
    print_project(session, from_json<api::ProjectView>(answer, UnknownMembers::ignore));
  }
  return kDone;
}

class ProjectFork final : public Command {
 public:
  ProjectFork() : Command("project fork", {"Make a project's copy your own", "派生项目"}) {}

  void define(Options& options) override {
    define_project_argument(options, project_);
    options.text("--name", body_.name, "NAME",
                 {"Its name with you (the same)", "派生后的名称，默认相同"});
    options.flag("--private", private_, {"Only members see it", "仅成员可见"});
    options.example("cloudbrain project fork examples/mnist-gpu --name my-mnist");
  }

  int run(Session& session) override {
    if (private_) body_.private_ = true;
    return answered(session,
                    session.api().post(session.project_path(project_).add("fork"), to_json(body_)));
  }

 private:
  std::string project_;
  api::ForkBody body_;
  bool private_ = false;
};

class ProjectEdit final : public Command {
 public:
  ProjectEdit() : Command("project edit", {"Rename or change a project", "修改项目"}) {}

  void define(Options& options) override {
    define_project_argument(options, project_);
    options.text("--name", body_.name, "NAME",
                 {"A new name; the old one still leads here", "新名称，旧名称仍可访问"});
    options.text("--description", body_.description, "TEXT", {"What it is for", "项目描述"});
    options.text("--default-branch", body_.default_branch, "BRANCH",
                 {"What a clone checks out", "默认分支"});
    options.flag("--private", private_, {"Only members see it", "仅成员可见"});
    options.flag("--public", public_, {"Everyone sees it", "公开"});
  }

  int run(Session& session) override {
    if (private_ && public_) {
      throw usage_error({"Either --private or --public.", "--private 与 --public 只能选一个。"});
    }
    if (private_ || public_) body_.private_ = private_;
    return answered(session, session.api().patch(session.project_path(project_), to_json(body_)));
  }

 private:
  std::string project_;
  api::ProjectChangeBody body_;
  bool private_ = false;
  bool public_ = false;
};

class ProjectTransfer final : public Command {
 public:
  ProjectTransfer()
      : Command("project transfer", {"Give a project to one of its members", "转让项目给成员"}) {}

  void define(Options& options) override {
    define_project_argument(options, project_);
    options.argument("USER", body_.owner, {"The new owner", "新的所有者"});
  }

  int run(Session& session) override {
    return answered(session, session.api().post(session.project_path(project_).add("transfer"),
                                                to_json(body_)));
  }

 private:
  std::string project_;
  api::TransferBody body_;
};

class ProjectDelete final : public Command {
 public:
  ProjectDelete()
      : Command("project delete",
                {"Delete a project and all that is in it", "删除项目及其全部内容"}) {}

  void define(Options& options) override {
    define_project_argument(options, project_);
    options.text("--confirm", confirm_, "OWNER/NAME",
                 {"The project's whole name, in place of the question", "项目全名，代替交互确认"});
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const auto project = session.api().get_as<api::ProjectView>(session.project_path(project_));
    if (!confirm_) {
      confirm_ = ask(
          terminal, session.surroundings().in,
          {fmt::format("Code, data sets and tasks of {} will be gone. Type its name: ",
                       project.full_name),
           fmt::format("{} 的代码、数据集和任务都将被删除。请输入项目全名：", project.full_name)});
    }
    if (confirm_ != project.full_name) {
      throw usage_error(
          {fmt::format("The name typed is not {}; nothing was deleted.", project.full_name),
           fmt::format("输入的名称不是 {}，未删除任何内容。", project.full_name)});
    }
    session.api().remove(session.project_path(project_).query("confirm", project.full_name));
    if (terminal.json()) {
      terminal.print_json(json::object{{"deleted", project.full_name}});
    } else {
      terminal.print_line(terminal.say({fmt::format("{} is deleted.", project.full_name),
                                        fmt::format("{} 已删除。", project.full_name)}));
    }
    return kDone;
  }

 private:
  std::string project_;
  std::optional<std::string> confirm_;
};

class MemberList final : public Command {
 public:
  MemberList() : Command("project members", {"Who works on a project", "项目成员"}) {}

  void define(Options& options) override { define_project_argument(options, project_); }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const json::value answer = session.api().get(session.project_path(project_).add("members"));
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    Table table({terminal.say({"USER", "用户"}), terminal.say({"ROLE", "角色"}),
                 terminal.say({"SINCE", "加入时间"})});
    const auto list = from_json<api::MemberList>(answer, UnknownMembers::ignore);
    for (const api::MemberView& member : list.items) {
      table.add({{member.user}, {enum_name(member.role)}, {time_text(member.added_at)}});
    }
    terminal.print(table.text(terminal));
    return kDone;
  }

 private:
  std::string project_;
};

class ProjectLeave final : public Command {
 public:
  ProjectLeave() : Command("project leave", {"Be a member no longer", "退出项目"}) {}

  void define(Options& options) override { define_project_argument(options, project_); }

  int run(Session& session) override {
    session.api().post(session.project_path(project_).add("leave"));
    return kDone;
  }

 private:
  std::string project_;
};

class MemberSet final : public Command {
 public:
  MemberSet()
      : Command("project member", {"Add a member, or change their role", "添加成员或修改角色"}) {}

  void define(Options& options) override {
    define_project_argument(options, project_);
    options.argument("USER", user_, {"Who", "用户名"});
    options.argument("ROLE", role_,
                     {"reader, writer, owner, or none", "reader、writer、owner 或 none"});
    options.example("cloudbrain project member my-mnist eve writer");
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const Path path = session.project_path(project_).add("members").add(user_);
    if (role_ == "none") {
      session.api().remove(path);
    } else {
      session.api().put(path, json::object{{"role", role_}});
    }
    if (terminal.json()) {
      terminal.print_json(json::object{{"user", user_}, {"role", role_}});
    } else {
      terminal.print_line(fmt::format("{}: {}", user_, role_));
    }
    return kDone;
  }

 private:
  std::string project_;
  std::string user_;
  std::string role_;
};

}  // namespace

void add_project_settings(CommandTable& table) {
  table.push_back(std::make_unique<ProjectFork>());
  table.push_back(std::make_unique<ProjectEdit>());
  table.push_back(std::make_unique<ProjectTransfer>());
  table.push_back(std::make_unique<ProjectDelete>());
  table.push_back(std::make_unique<MemberList>());
  table.push_back(std::make_unique<MemberSet>());
  table.push_back(std::make_unique<ProjectLeave>());
}

}  // namespace cloudbrain::cli
