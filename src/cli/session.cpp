#include "cli/session.h"

#include <charconv>

#include <fmt/format.h>

#include "api/views.h"
#include "cli/exit_codes.h"

namespace cloudbrain::cli {

namespace {

Error no_project(std::string_view text) {
  return usage_error({fmt::format("\"{}\" is not the name of a project.", text),
                      fmt::format("\"{}\" 不是有效的项目名称。", text)},
                     {"Write OWNER/NAME, as `cloudbrain project list` shows it.",
                      "请写成 所有者/名称，可用 `cloudbrain project list` 查看。"});
}

Error no_task(std::string_view text) {
  return usage_error(
      {fmt::format("\"{}\" names no task.", text), fmt::format("\"{}\" 不是有效的任务。", text)},
      {"Give the number that `cloudbrain task list` shows, or OWNER/NAME/TASK, or "
       "OWNER/NAME/TASK@V0002.",
       "请给出 `cloudbrain task list` 显示的编号，或 所有者/项目/任务名，或 "
       "所有者/项目/任务名@V0002。"});
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

}  // namespace

const Account& Session::account() {
  if (!account_) account_ = choose_account(options_.server, options_.token, surroundings_);
  return *account_;
}

Api& Session::api() {
  if (!api_) api_.emplace(account().server, account().token, terminal_.chinese());
  return *api_;
}

std::string Session::user_name() {
  if (!account().user.empty()) return account().user;
  return api().get_as<api::UserView>(Path{"me"}).name;
}

std::string Session::project_name(std::string_view project) {
  const std::size_t slash = project.find('/');
  if (slash == std::string_view::npos) {
    if (project.empty()) throw no_project(project);
    return fmt::format("{}/{}", user_name(), project);
  }
  const std::string_view name = project.substr(slash + 1);
  if (slash == 0 || name.empty() || name.find('/') != std::string_view::npos) {
    throw no_project(project);
  }
  return std::string(project);
}

Path Session::project_path(std::string_view project) {
  return Path{"projects"}.add_each(project_name(project));
}

std::int64_t Session::task_id(const std::string& task) {
  if (const std::optional<std::int64_t> id = number_of(task)) return *id;
  const std::size_t slash = task.rfind('/');
  if (slash == std::string::npos || slash == 0) throw no_task(task);
  const std::size_t at = task.find('@', slash);
  const std::string name = task.substr(slash + 1, at == std::string::npos ? at : at - slash - 1);
  const std::string version = at == std::string::npos ? "" : task.substr(at + 1);
  if (name.empty()) throw no_task(task);

  Path path = project_path(std::string_view(task).substr(0, slash)).add("tasks");
  path.query("name", name);  // those that contain it
  if (!version.empty()) path.query("versions", "all");
  constexpr std::size_t kEnough = 1000;
  const auto page = from_json<api::TaskRowPage>(api().list(path, kEnough), UnknownMembers::ignore);
  for (const api::TaskRowView& row : page.items) {
    if (row.task.name == name && (version.empty() || row.task.version == version))
      return row.task.id;
  }
  throw Error(ErrorKind::missing, "task_missing",
              {fmt::format("There is no task {}.", task), fmt::format("没有任务 {}。", task)},
              {"`cloudbrain task list` shows the tasks there are.",
               "可用 `cloudbrain task list` 查看已有任务。"});
}

}  // namespace cloudbrain::cli
