#include "cli/commands/project_words.h"

#include "cli/interrupt.h"
#include "cli/screen/progress.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

constexpr int kImportLook = 500;  // milliseconds

}  // namespace

void define_project_argument(Options& options, std::string& project) {
  options.argument("PROJECT", project,
                   {"OWNER/NAME, or NAME of your own", "所有者/名称，自己的项目可只写名称"});
}

void print_project(Session& session, const api::ProjectView& project) {
  Terminal& terminal = session.terminal();
  Table table;
  const auto fact = [&](const Text& name, const std::string& value) {
    if (!value.empty()) table.add({{terminal.say(name), Paint::dim}, {value}});
  };
  fact({"project", "项目"}, project.full_name);
  fact({"visible to", "可见性"},
       terminal.say(project.private_ ? Text{"members", "成员可见"} : Text{"everyone", "公开"}));
  fact({"description", "描述"}, project.description);
  fact({"your role", "您的角色"}, project.role ? enum_name(*project.role) : "");
  fact({"fork of", "派生自"}, project.fork_of.value_or(""));
  fact({"comes from", "来源"}, project.origin);
  fact({"default branch", "默认分支"}, project.default_branch);
  fact({"created", "创建时间"}, time_text(project.created_at));
  fact({"git", "git 地址"}, session.account().server + project.clone_path);
  if (project.state != "ready") fact({"state", "状态"}, project.state);
  fact({"why", "原因"}, project.failure.value_or(""));
  terminal.print(table.text(terminal));
}

api::ProjectView wait_for_import(Session& session, api::ProjectView project) {
  const Path path = session.project_path(project.full_name);
  const Interrupt interrupt;
  Progress bar(session.terminal(), project.origin, 100);
  while (project.state == "importing") {
    bar.at(static_cast<std::uint64_t>(project.progress));
    interrupt.sleep(kImportLook);  // between two looks at what the server does
    project = session.api().get_as<api::ProjectView>(path);
  }
  bar.clear();
  if (project.state == "ready") return project;
  const std::string why = project.failure.value_or("");
  throw Error(ErrorKind::invalid, "import_failed", {why, why},
              {fmt::format("Delete it with `cloudbrain project delete {}` and try again.",
                           project.full_name),
               fmt::format("可用 `cloudbrain project delete {}` 删除后重试。", project.full_name)});
}

}  // namespace cloudbrain::cli
