#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/commands/task_follow.h"
#include "cli/commands/task_words.h"
#include "cli/exit_codes.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

// Where the last lines begin.
struct Start {
  std::int64_t line = 1;
  std::int64_t offset = 0;
};

class TaskLogs final : public Command {
 public:
  TaskLogs() : Command("task logs", {"What the script printed, byte for byte", "查看任务日志"}) {}

  void define(Options& options) override {
    options.argument(
        "TASK", task_,
        {"Its number, or OWNER/NAME/TASK[@V0002]", "任务编号，或 所有者/项目/任务名[@V0002]"});
    options.flag("-f,--follow", follow_, {"Go on until the task ends", "持续输出直到任务结束"});
    options.number("--tail", tail_, "N", {"Begin with the last N lines", "从最后 N 行开始"});
    options.flag("--exit-status", exit_status_,
                 {"With -f: exit as the task did", "与 -f 同用：退出码与任务一致"});
    options.example("cloudbrain task logs -f 12");
    options.example("cloudbrain task logs 12 --tail 100");
  }

  int run(Session& session) override {
    if (exit_status_ && !follow_) {
      throw usage_error({"--exit-status needs -f: a task has none before it ends.",
                         "--exit-status 需要与 -f 同时使用。"});
    }
    if (tail_.value_or(0) < 0) {
      throw usage_error({"--tail needs 0 or more lines.", "--tail 不能小于 0。"});
    }
    const std::int64_t id = session.task_id(task_);
    if (follow_) return follow(session, id);
    const Path log = Path{"tasks", std::to_string(id)}.add("log");
    const Start start = tail_ ? start_of_tail(session.api(), log, *tail_) : Start{};
    if (session.terminal().json()) {
      print_lines(session, log, start.line);
    } else {
      print_raw(session, log, start.offset);
    }
    return kDone;
  }

 private:
  static Start start_of_tail(Api& api, const Path& log, std::int64_t lines) {
    const auto info = api.get_as<api::LogInfoView>(Path(log).add("info"));
    const Start end{info.lines + 1, info.bytes};
    if (lines == 0 || info.lines == 0) return end;
    const std::int64_t first =
        std::max<std::int64_t>(1, info.lines - std::min(lines, info.lines) + 1);
    const auto page = api.get_as<api::LogLinesView>(
        Path(log).query("from", std::to_string(first)).query("count", "1"));
    return page.lines.empty() ? end : Start{first, page.lines.front().offset};
  }

  static void print_raw(Session& session, const Path& log, std::int64_t offset) {
    HttpCall call;
    if (offset > 0) call.headers.emplace_back("Range", fmt::format("bytes={}-", offset));
    call.on_body = [&](std::string_view piece) { session.terminal().print(piece); };
    try {
      session.api().call(std::move(call), Path(log).add("raw"));
    } catch (const ServerProblem& problem) {
      // Nothing begins at the log's end.
      if (problem.answer().status != 416) throw;
    }
  }

  // One JSON value a line, so that a log of any length can be read as it comes.
  static void print_lines(Session& session, const Path& log, std::int64_t from) {
    constexpr std::int64_t kPage = 2000;
    while (true) {
      const json::value answer = session.api().get(
          Path(log).query("from", std::to_string(from)).query("count", std::to_string(kPage)));
      const auto page = from_json<api::LogLinesView>(answer, UnknownMembers::ignore);
      std::string text;
      for (const api::LogLineView& line : page.lines) text += to_text(to_json(line)) + "\n";
      session.terminal().print(text);
      if (page.lines.empty()) return;
      from = page.lines.back().number + 1;
    }
  }

  int follow(Session& session, std::int64_t id) const {
    Terminal& terminal = session.terminal();
    Following following = follow_on_terminal(terminal, id);
    if (tail_) {
      const Path log = Path{"tasks", std::to_string(id)}.add("log");
      following.from = start_of_tail(session.api(), log, *tail_).offset;
    }
    if (terminal.json()) {
      following.on_log = [&terminal](std::int64_t offset, std::string_view text) {
        terminal.print_json(json::object{{"offset", offset}, {"text", text}});
      };
    }
    const api::TaskView end = follow_task(session, following);
    note_end(terminal, end);
    return exit_status_ ? exit_code_of(end.state, end.exit_code) : kDone;
  }

  std::string task_;
  std::optional<std::int64_t> tail_;
  bool follow_ = false;
  bool exit_status_ = false;
};

}  // namespace

void add_task_logs(CommandTable& table) {
  table.push_back(std::make_unique<TaskLogs>());
}

}  // namespace cloudbrain::cli
