// The queue, for an administrator.
#include <charconv>

#include "cli/commands/commands.h"
#include "cli/commands/task_words.h"
#include "cli/exit_codes.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

class QueueShow final : public Command {
 public:
  QueueShow()
      : Command("queue", {"Who waits, in the order of their turn (administrators)",
                          "按轮到的顺序列出等待中的任务（管理员）"}) {}
  void define(Options&) override {}

  int run(Session& session) override {
    const json::value answer = session.api().get(Path{"queue"});
    Terminal& terminal = session.terminal();
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    const auto queue = from_json<api::QueueListView>(answer, UnknownMembers::ignore);
    if (queue.items.empty()) {
      terminal.note(Text{"Nobody waits.", "没有等待中的任务。"});
      return kDone;
    }
    print(terminal, queue);
    return kDone;
  }

 private:
  static void print(Terminal& terminal, const api::QueueListView& queue) {
    Table table({"#", terminal.say({"ID", "编号"}), terminal.say({"NAME", "名称"}),
                 terminal.say({"BY", "创建者"}), terminal.say({"SPEC", "规格"}),
                 terminal.say({"PRIORITY", "优先级"}), terminal.say({"SINCE", "提交时间"})});
    for (const api::QueuedTaskView& one : queue.items) {
      table.add({{std::to_string(one.position)},
                 {std::to_string(one.task.id)},
                 {task_name(one.task)},
                 {one.task.creator},
                 {one.task.spec},
                 {std::to_string(one.task.priority)},
                 {time_text(one.task.created_at)}});
    }
    terminal.print(table.text(terminal));
    const auto more = queue.waiting - static_cast<std::int64_t>(queue.items.size());
    if (more > 0) {
      terminal.note({fmt::format("{} more wait.", more), fmt::format("另有 {} 个任务。", more)});
    }
  }
};

class TaskPriority final : public Command {
 public:
  TaskPriority()
      : Command("task priority", {"Let a task leave the queue sooner or later (administrators)",
                                  "调整任务的排队优先级（管理员）"}) {}

  void define(Options& options) override {
    options.argument(
        "TASK", task_,
        {"Its number, or OWNER/NAME/TASK[@V0002]", "任务编号，或 所有者/项目/任务名[@V0002]"});
    options.argument("PRIORITY", priority_,
                     {"-1000 to 1000; a higher one goes first; all begin with 0",
                      "-1000 到 1000，数值大者先运行，默认为 0"});
  }

  int run(Session& session) override {
    const auto [end, error] =
        std::from_chars(priority_.data(), priority_.data() + priority_.size(), number_);
    if (error != std::errc{} || end != priority_.data() + priority_.size()) {
      throw Error(ErrorKind::invalid, "priority_invalid",
                  {fmt::format("\"{}\" is no whole number.", priority_),
                   fmt::format("“{}”不是整数。", priority_)});
    }
    const json::value answer =
        session.api().put(session.task_path(task_).add("priority"), {{"priority", number_}});
    Terminal& terminal = session.terminal();
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    const auto task = from_json<api::TaskView>(answer, UnknownMembers::ignore);
    terminal.note({fmt::format("{} has priority {}.", task_name(task), task.priority),
                   fmt::format("{} 的优先级为 {}。", task_name(task), task.priority)});
    return kDone;
  }

 private:
  std::string task_;
  std::string priority_;
  int number_ = 0;
};

}  // namespace

void add_queue_commands(CommandTable& table) {
  table.push_back(std::make_unique<QueueShow>());
  table.push_back(std::make_unique<TaskPriority>());
}

}  // namespace cloudbrain::cli
