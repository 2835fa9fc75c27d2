// New tasks, and new versions of old ones.
#include <array>

#include <unistd.h>

#include "cli/commands/commands.h"
#include "cli/commands/task_follow.h"
#include "cli/commands/task_form.h"
#include "cli/commands/task_words.h"
#include "cli/exit_codes.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0) throw_errno("read", "standard input");
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

TaskRequest read_request(const Session& session, const std::string& file) {
  const std::optional<std::string> text =
      file == "-" ? read_all(session.surroundings().in) : try_read_file(file);
  if (!text) {
    throw usage_error(
        {fmt::format("There is no file {}.", file), fmt::format("文件 {} 不存在。", file)});
  }
  try {
    // What is missing may still come from flags; the server says what is missing in the end.
    json::value value = parse_json(*text);
    if (value.is_object()) {
      for (const std::string_view name : TaskRequest::kRequired)
        value.get_object().emplace(name, "");
    }
    return from_json<TaskRequest>(value, UnknownMembers::reject);
  } catch (const Error& error) {
    throw usage_error({fmt::format("{} describes no task: {}", file, error.message().en),
                       fmt::format("{} 不是有效的任务描述：{}", file, error.message().zh)},
                      {"`cloudbrain task show ID --json` shows the fields of one.",
                       "可用 `cloudbrain task show ID --json` 查看任务的字段。"});
  }
}

// What both commands do once the server has taken the task.
int after_submit(Session& session, const json::value& answer, bool follow) {
  Terminal& terminal = session.terminal();
  const auto task = from_json<api::TaskView>(answer, UnknownMembers::ignore);
  if (!follow && terminal.json()) {
    terminal.print_json(answer);
    return kDone;
  }
  const Text taken{fmt::format("Task {} is submitted: {}", task.id, task_name(task)),
                   fmt::format("任务 {} 已提交：{}", task.id, task_name(task))};
  if (!follow) {
    terminal.print_line(terminal.say(taken));
    terminal.note(Text{fmt::format("  follow it:  cloudbrain task logs -f {}", task.id),
                       fmt::format("  查看日志：cloudbrain task logs -f {}", task.id)});
    return kDone;
  }
  terminal.note(taken);
  const api::TaskView end = follow_task(session, follow_on_terminal(terminal, task.id));
  note_end(terminal, end);
  if (terminal.json())
    terminal.print_json(session.api().get(Path{"tasks", std::to_string(task.id)}));
  return exit_code_of(end.state, end.exit_code);
}

// A spec that there is not is the server's to name, with those there are.
void take_compute_of_spec(Session& session, TaskRequest& request) {
  const auto specs = session.api().get_as<api::SpecList>(Path{"specs"});
  const auto spec = std::ranges::find(specs.items, request.spec, &api::SpecView::name);
  if (spec != specs.items.end()) request.compute = spec->compute;
}

class TaskSubmit final : public Command {
 public:
  TaskSubmit() : Command("task submit", {"Run a script of a project", "提交任务"}) {}

  void define(Options& options) override {
    options.required("-p,--project", project_, "OWNER/NAME", {"Whose code to run", "所属项目"});
    form_.define(options, TaskForm::Use::submit);
    options.text("--file", file_, "FILE",
                 {"Start from this JSON; - is standard input", "从 JSON 文件读取，- 表示标准输入"});
    options.flag(
        "-f,--follow", follow_,
        {"Show the log until it ends; exit as it did", "跟踪日志直到结束，退出码与任务一致"});
    options.example("cloudbrain task submit -p admin/mnist --name mnist-1 --boot-file train.py \\");
    options.example(
        "    --spec cpu-1 --dataset MnistDataset_torch.zip --param epoch_size=3 --follow");
  }

  int run(Session& session) override {
    TaskRequest request = form_.apply(file_ ? read_request(session, *file_) : TaskRequest{});
    if (!file_ && form_.leaves_compute_to_spec()) take_compute_of_spec(session, request);
    const Path path = session.project_path(project_).add("tasks");
    return after_submit(session, session.api().post(path, to_json(request)), follow_);
  }

 private:
  std::string project_;
  TaskForm form_;
  std::optional<std::string> file_;
  bool follow_ = false;
};

class TaskModify final : public Command {
 public:
  TaskModify()
      : Command("task modify", {"Submit a task again as its next version, with changes",
                                "修改任务并作为新版本提交"}) {}

  void define(Options& options) override {
    options.argument(
        "TASK", task_,
        {"Its number, or OWNER/NAME/TASK[@V0002]", "任务编号，或 所有者/项目/任务名[@V0002]"});
    form_.define(options, TaskForm::Use::modify);
    options.flag(
        "-f,--follow", follow_,
        {"Show the log until it ends; exit as it did", "跟踪日志直到结束，退出码与任务一致"});
    options.example("cloudbrain task modify 12 --param epoch_size=10 --follow");
  }

  int run(Session& session) override {
    const Path path = session.task_path(task_);
    const auto task = session.api().get_as<api::TaskView>(path);
    const TaskRequest request = form_.apply(request_of(task));
    const json::value answer = session.api().post(Path(path).add("modify"), to_json(request));
    return after_submit(session, answer, follow_);
  }

 private:
  std::string task_;
  TaskForm form_;
  bool follow_ = false;
};

}  // namespace

void add_task_submit(CommandTable& table) {
  table.push_back(std::make_unique<TaskSubmit>());
  table.push_back(std::make_unique<TaskModify>());
}

}  // namespace cloudbrain::cli
