#include "cli/commands/task_words.h"

#include "base/json.h"
#include "cli/screen/facts.h"
#include "cli/screen/words.h"

namespace cloudbrain::cli {

namespace {

struct StateWords {
  Text word;
  Paint paint = Paint::plain;
};

StateWords words_of(TaskState state) {
  switch (state) {
    case TaskState::PREPARING:
      return {{"PREPARING", "PREPARING 准备中"}, Paint::yellow};
    case TaskState::WAITING:
      return {{"WAITING", "WAITING 排队中"}, Paint::yellow};
    case TaskState::RUNNING:
      return {{"RUNNING", "RUNNING 运行中"}, Paint::blue};
    case TaskState::STOPPING:
      return {{"STOPPING", "STOPPING 停止中"}, Paint::yellow};
    case TaskState::STOPPED:
      return {{"STOPPED", "STOPPED 已停止"}, Paint::dim};
    case TaskState::SUCCEEDED:
      return {{"SUCCEEDED", "SUCCEEDED 成功"}, Paint::green};
    case TaskState::FAILED:
      return {{"FAILED", "FAILED 失败"}, Paint::red};
    case TaskState::CREATED_FAILED:
      return {{"CREATED_FAILED", "CREATED_FAILED 创建失败"}, Paint::red};
  }
  return {{"", ""}, Paint::plain};
}

std::string parameters_text(const api::TaskView& task) {
  std::string text;
  for (const Parameter& parameter : task.params) {
    text += fmt::format("{}--{}={}", text.empty() ? "" : " ", parameter.name, parameter.value);
  }
  return text;
}

std::string model_text(const ModelChoice& model) {
  return fmt::format("{}:{}:{}", model.name, model.version, model.file);
}

void add_request(Facts& facts, const api::TaskView& task) {
  facts.add({"description", "描述"}, task.description);
  facts.add({"cluster", "算力集群"}, fmt::format("{} ({})", task.cluster, task.compute));
  facts.add({"spec", "资源规格"}, task.spec);
  facts.add({"image", "镜像"},
            task.engine ? fmt::format("{} ({})", task.image, *task.engine) : task.image);
  facts.add({"code", "代码"}, fmt::format("{} @ {}", task.branch, task.commit.substr(0, 12)));
  facts.add({"boot file", "启动文件"}, task.boot_file);
  facts.add({"parameters", "运行参数"}, parameters_text(task));
  facts.add({"data sets", "数据集"}, fmt::format("{}", fmt::join(task.datasets, ", ")));
  facts.add({"model", "模型"}, task.model ? model_text(*task.model) : "");
  facts.add({"time limit", "运行时长上限"}, duration_text(task.max_runtime_s));
}

}  // namespace

Cell state_cell(const Terminal& terminal, TaskState state) {
  const StateWords words = words_of(state);
  return {terminal.say(words.word), words.paint};
}

std::string task_name(const api::TaskView& task) {
  return task.name + " " + task.version;
}

std::string runtime_text(const api::TaskView& task, TimePoint now) {
  if (!task.started_at) return {};
  const auto ran = task.ended_at.value_or(now) - *task.started_at;
  return duration_text(std::chrono::duration_cast<std::chrono::seconds>(ran).count());
}

void print_task(Terminal& terminal, const api::TaskView& task) {
  Facts facts(terminal);
  const Cell state = state_cell(terminal, task.state);
  facts.add({"task", "任务"}, fmt::format("{}  {}", task.id, task_name(task)), Paint::bold);
  facts.add({"state", "状态"}, state.text, state.paint);
  if (task.reason) {
    facts.add({"why", "原因"}, task.reason->message);
    facts.add({"next", "建议"}, task.reason->next);
  }
  facts.add({"exit code", "退出码"}, task.exit_code ? std::to_string(*task.exit_code) : "");
  facts.add({"project", "项目"}, task.project);
  facts.add({"kind", "类型"}, task.kind == TaskKind::train
                                  ? terminal.say({"training", "训练任务"})
                                  : terminal.say({"inference", "推理任务"}));
  add_request(facts, task);
  facts.add({"by", "创建者"}, task.creator);
  facts.add({"created", "创建时间"}, time_text(task.created_at));
  facts.add({"started", "开始时间"}, task.started_at ? time_text(*task.started_at) : "");
  facts.add({"ended", "结束时间"}, task.ended_at ? time_text(*task.ended_at) : "");
  facts.add({"ran for", "运行时长"}, runtime_text(task, SystemClock().now()));
  facts.add({"attempt", "启动次数"}, task.attempt > 1 ? std::to_string(task.attempt) : "");
  facts.add({"modified from", "修改自任务"}, task.parent ? std::to_string(*task.parent) : "");
  std::vector<std::string> made;
  for (const api::MadeModelView& model : task.models) {
    made.push_back(model.model + ":" + model.version);
  }
  facts.add({"models made", "导出的模型"}, fmt::format("{}", fmt::join(made, ", ")));
  facts.print();
}

void print_differences(Terminal& terminal, const api::DifferencesView& differences) {
  if (!differences.parent) return;
  const std::string& parent = differences.parent->version;
  Table table({terminal.say({"CHANGED", "变更项"}), parent, terminal.say({"NOW", "当前"})});
  for (const api::DifferenceView& found : differences.fields) {
    table.add({{found.field}, {found.before.value_or("-")}, {found.after.value_or("-")}});
  }
  if (differences.commit) {
    table.add({{"commit"},
               {differences.commit->before.substr(0, 12)},
               {differences.commit->after.substr(0, 12)}});
  }
  if (table.empty()) {
    terminal.print_line(terminal.say({"\nThe same as " + parent, "\n与 " + parent + " 相同"}));
  } else {
    terminal.print("\n" + table.text(terminal));
  }
}

void note_end(Terminal& terminal, const api::TaskView& task) {
  const Cell state = state_cell(terminal, task.state);
  const std::string ran = runtime_text(task, SystemClock().now());
  const std::string after = ran.empty() ? "" : terminal.say({" after ", "，用时 "}) + ran;
  terminal.note(fmt::format("{}  {}{}", terminal.paint_error(state.paint, state.text),
                            task_name(task), after));
  if (!task.reason) return;
  terminal.note("  " + harmless(task.reason->message));
  if (!task.reason->next.empty()) terminal.note("  → " + harmless(task.reason->next));
}

}  // namespace cloudbrain::cli
