// What happened to a task, why it waits, what it uses.
#include <numeric>

#include "cli/commands/commands.h"
#include "cli/commands/task_words.h"
#include "cli/exit_codes.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

// The three have the same arguments and differ in what they show.
class Insight : public Command {
 public:
  Insight(const std::string& name, Text help)
      : Command("task " + name, std::move(help)), name_(name) {}

  void define(Options& options) override {
    options.argument(
        "TASK", task_,
        {"Its number, or OWNER/NAME/TASK[@V0002]", "任务编号，或 所有者/项目/任务名[@V0002]"});
  }

  int run(Session& session) override {
    const json::value answer = session.api().get(session.task_path(task_).add(name_));
    if (session.terminal().json()) {
      session.terminal().print_json(answer);
    } else {
      show(session.terminal(), answer);
    }
    return kDone;
  }

 protected:
  virtual void show(Terminal& terminal, const json::value& answer) const = 0;

 private:
  std::string name_;
  std::string task_;
};

class TaskEvents final : public Insight {
 public:
  TaskEvents() : Insight("events", {"What happened to a task, and when", "任务的时间线"}) {}

 private:
  void show(Terminal& terminal, const json::value& answer) const override {
    Table table({terminal.say({"TIME", "时间"}), terminal.say({"EVENT", "事件"}), ""});
    const auto list = from_json<api::EventList>(answer, UnknownMembers::ignore);
    for (const api::EventView& event : list.items) {
      table.add({{time_text(event.at)}, {event.code}, {event.message}});
    }
    terminal.print(table.text(terminal));
  }
};

class TaskExplain final : public Insight {
 public:
  TaskExplain() : Insight("explain", {"Why a task is where it is", "任务为何处于当前状态"}) {}

 private:
  void show(Terminal& terminal, const json::value& answer) const override {
    const auto view = from_json<api::ExplainView>(answer, UnknownMembers::ignore);
    const Cell state = state_cell(terminal, view.state);
    terminal.print_line(terminal.paint(state.paint, state.text));
    if (view.queue_position) {
      terminal.print_line(
          terminal.say({fmt::format("  number {} in the queue", *view.queue_position),
                        fmt::format("  排队第 {} 位", *view.queue_position)}));
    }
    if (!view.reason) return;
    terminal.print_line("  " + harmless(view.reason->message));
    if (!view.reason->next.empty()) terminal.print_line("  → " + harmless(view.reason->next));
    show_turn(terminal, view);
  }

  static void show_turn(Terminal& terminal, const api::ExplainView& view) {
    if (view.starts_by) {
      const std::string by = time_text(*view.starts_by);
      terminal.print_line(terminal.say(
          {fmt::format("  starts at {} at the latest", by), fmt::format("  最迟 {} 开始", by)}));
    }
    for (const api::HolderView& holder : view.waits_for) {
      const std::string name = harmless(fmt::format("{}/{} {} ({})", holder.project, holder.name,
                                                    holder.version, holder.creator));
      const std::string by = time_text(holder.ends_by);
      terminal.print_line(terminal.say({fmt::format("  waits for {}, which ends by {}", name, by),
                                        fmt::format("  等待 {} 结束，最迟 {}", name, by)}));
    }
    if (view.hidden == 0) return;
    terminal.print_line(terminal.say(
        {fmt::format("  and for {} that you may not see", counted(view.hidden, "task")),
         fmt::format("  以及 {} 个您无权查看的任务", view.hidden)}));
  }
};

class TaskUsage final : public Insight {
 public:
  TaskUsage() : Insight("usage", {"CPU, memory and processes of a task", "任务的资源使用情况"}) {}

 private:
  void show(Terminal& terminal, const json::value& answer) const override {
    const auto view = from_json<api::UsageView>(answer, UnknownMembers::ignore);
    if (view.samples.empty()) {
      terminal.note(Text{"Nothing was measured yet.", "还没有采样数据。"});
      return;
    }
    double cpus_sum = 0;
    api::UsageSampleView peak;
    for (const api::UsageSampleView& sample : view.samples) {
      cpus_sum += sample.cpus;
      peak.cpus = std::max(peak.cpus, sample.cpus);
      peak.memory_bytes = std::max(peak.memory_bytes, sample.memory_bytes);
      peak.processes = std::max(peak.processes, sample.processes);
    }
    const api::UsageSampleView& last = view.samples.back();
    const double mean = cpus_sum / static_cast<double>(view.samples.size());
    Table table({"", terminal.say({"LAST", "最近"}), terminal.say({"MEAN", "平均"}),
                 terminal.say({"PEAK", "峰值"})});
    table.add({{terminal.say({"CPU cores", "CPU 核"})},
               {fmt::format("{:.2f}", last.cpus)},
               {fmt::format("{:.2f}", mean)},
               {fmt::format("{:.2f}", peak.cpus)}});
    table.add({{terminal.say({"memory", "内存"})},
               {size_text(last.memory_bytes)},
               {""},
               {size_text(peak.memory_bytes)}});
    table.add({{terminal.say({"processes", "进程数"})},
               {std::to_string(last.processes)},
               {""},
               {std::to_string(peak.processes)}});
    terminal.print(table.text(terminal));
    terminal.print_line(terminal.say(
        {fmt::format("{}, the last at {}", counted(view.samples.size(), "sample"),
                     time_text(last.at)),
         fmt::format("共 {} 次采样，最近一次 {}", view.samples.size(), time_text(last.at))}));
  }
};

}  // namespace

void add_task_insight(CommandTable& table) {
  table.push_back(std::make_unique<TaskEvents>());
  table.push_back(std::make_unique<TaskExplain>());
  table.push_back(std::make_unique<TaskUsage>());
}

}  // namespace cloudbrain::cli
