#include "cli/commands/commands.h"
#include "cli/commands/task_words.h"
#include "cli/exit_codes.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

class TaskList final : public Command {
 public:
  TaskList()
      : Command("task list",
                {"My tasks, or those of a project, newest first", "任务列表，默认显示自己的任务"}) {
  }

  void define(Options& options) override {
    options.text("-p,--project", project_, "OWNER/NAME",
                 {"All tasks of this project", "显示该项目的所有任务"});
    options.text("--kind", kind_, "KIND", {"train or inference", "train 或 inference"});
    options.list("--state", states_, "STATE",
                 {"Only these: RUNNING, FAILED, …", "只显示这些状态，如 RUNNING"});
    options.text("--name", name_, "TEXT", {"Only names that contain it", "名称包含该文字"});
    options.number("--limit", limit_, "N", {"At most so many (20)", "最多显示条数，默认 20"});
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    Path path = project_ ? session.project_path(*project_).add("tasks") : Path{"tasks"};
    if (kind_) path.query("kind", *kind_);
    for (const std::string& state : states_) path.query("state", upper(state));
    if (name_) path.query("name", *name_);
    const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(limit_.value_or(20), 1));
    const json::value answer = session.api().list(path, limit);
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    print(terminal, tasks_of(answer));
    return kDone;
  }

 private:
  static std::string upper(std::string text) {
    for (char& c : text) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    }
    return text;
  }

  // A project's list has one row a name and tells of how many versions: "V0003 (of 3)"; mine has
  // one a version.
  std::vector<api::TaskView> tasks_of(const json::value& answer) const {
    if (!project_) return from_json<api::TaskPage>(answer, UnknownMembers::ignore).items;
    std::vector<api::TaskView> tasks;
    for (auto& row : from_json<api::TaskRowPage>(answer, UnknownMembers::ignore).items) {
      if (row.versions > 1) row.task.version += fmt::format(" (of {})", row.versions);
      tasks.push_back(std::move(row.task));
    }
    return tasks;
  }

  void print(Terminal& terminal, const std::vector<api::TaskView>& tasks) const {
    if (tasks.empty()) {
      terminal.note(Text{"No such task.", "没有符合条件的任务。"});
      return;
    }
    Table table({terminal.say({"ID", "编号"}), terminal.say({"NAME", "名称"}),
                 terminal.say({"VERSION", "版本"}), terminal.say({"STATE", "状态"}),
                 terminal.say({"SPEC", "规格"}), terminal.say({"CREATED", "创建时间"}),
                 terminal.say({"RAN FOR", "运行时长"}),
                 project_ ? terminal.say({"BY", "创建者"}) : terminal.say({"PROJECT", "项目"})});
    const TimePoint now = SystemClock().now();
    for (const api::TaskView& task : tasks) {
      table.add({{std::to_string(task.id)},
                 {task.name},
                 {task.version},
                 state_cell(terminal, task.state),
                 {task.spec},
                 {time_text(task.created_at)},
                 {runtime_text(task, now)},
                 {project_ ? task.creator : task.project}});
    }
    terminal.print(table.text(terminal));
  }

  std::optional<std::string> project_;
  std::optional<std::string> kind_;
  std::vector<std::string> states_;
  std::optional<std::string> name_;
  std::optional<std::int64_t> limit_;
};

void define_task(Options& options, std::string& task) {
  options.argument(
      "TASK", task,
      {"Its number, or OWNER/NAME/TASK[@V0002]", "任务编号，或 所有者/项目/任务名[@V0002]"});
}

class TaskShow final : public Command {
 public:
  TaskShow() : Command("task show", {"Everything about one task", "查看任务详情"}) {}
  void define(Options& options) override { define_task(options, task_); }

  int run(Session& session) override {
    const Path path = session.task_path(task_);
    const json::value answer = session.api().get(path);
    if (session.terminal().json()) {
      session.terminal().print_json(answer);
      return kDone;
    }
    const auto task = from_json<api::TaskView>(answer, UnknownMembers::ignore);
    print_task(session.terminal(), task);
    if (task.parent) {
      print_differences(session.terminal(),
                        session.api().get_as<api::DifferencesView>(Path(path).add("differences")));
    }
    return kDone;
  }

 private:
  std::string task_;
};

class TaskStop final : public Command {
 public:
  TaskStop()
      : Command("task stop",
                {"Stop a task; what it wrote is kept", "停止任务，已写出的结果会保留"}) {}
  void define(Options& options) override { define_task(options, task_); }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const json::value answer = session.api().post(session.task_path(task_).add("stop"));
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    const auto task = from_json<api::TaskView>(answer, UnknownMembers::ignore);
    const Cell state = state_cell(terminal, task.state);
    terminal.print_line(
        fmt::format("{}  {}", terminal.paint(state.paint, state.text), task_name(task)));
    return kDone;
  }

 private:
  std::string task_;
};

class TaskDelete final : public Command {
 public:
  TaskDelete()
      : Command("task delete", {"Delete an ended task with its log and results",
                                "删除已结束的任务及其日志和结果"}) {}
  void define(Options& options) override { define_task(options, task_); }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const std::int64_t id = session.task_id(task_);
    session.api().remove(Path{"tasks", std::to_string(id)});
    if (terminal.json()) {
      terminal.print_json(json::object{{"deleted", id}});
    } else {
      terminal.print_line(terminal.say(
          {fmt::format("Task {} is deleted.", id), fmt::format("任务 {} 已删除。", id)}));
    }
    return kDone;
  }

 private:
  std::string task_;
};

}  // namespace

void add_task_commands(CommandTable& table) {
  table.push_back(std::make_unique<TaskList>());
  table.push_back(std::make_unique<TaskShow>());
  table.push_back(std::make_unique<TaskStop>());
  table.push_back(std::make_unique<TaskDelete>());
}

}  // namespace cloudbrain::cli
