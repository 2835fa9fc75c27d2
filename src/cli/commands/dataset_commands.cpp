#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

Cell state_cell(const Terminal& terminal, const api::DatasetView& dataset) {
  if (dataset.state == "ready") return {terminal.say({"ready", "就绪"}), Paint::green};
  if (dataset.state == "failed") return {terminal.say({"failed", "失败"}), Paint::red};
  if (dataset.state == "unpacking") {
    return {fmt::format("{} {}%", terminal.say({"unpacking", "解压中"}), dataset.progress),
            Paint::yellow};
  }
  return {terminal.say({"waiting", "等待中"}), Paint::yellow};
}

void print_dataset(Terminal& terminal, const api::DatasetView& dataset) {
  Table table;
  const auto fact = [&](const Text& name, Cell value) {
    table.add({{terminal.say(name), Paint::dim}, std::move(value)});
  };
  fact({"data set", "数据集"}, {dataset.name});
  fact({"state", "状态"}, state_cell(terminal, dataset));
  if (dataset.failure) fact({"why", "原因"}, {*dataset.failure});
  fact({"size", "大小"}, {size_text(dataset.size)});
  fact({"files", "文件数"}, {std::to_string(dataset.files)});
  fact({"folder in a task", "任务中的目录"}, {dataset.folder});
  fact({"SHA-256", "SHA-256"}, {dataset.sha256});
  fact({"uploaded", "上传时间"}, {time_text(dataset.created_at)});
  terminal.print(table.text(terminal));
}

void define_project(Options& options, std::string& project) {
  options.required("-p,--project", project, "OWNER/NAME", {"Of this project", "所属项目"});
}

class DatasetList final : public Command {
 public:
  DatasetList() : Command("dataset list", {"Data sets of a project", "项目的数据集列表"}) {}

  void define(Options& options) override { define_project(options, project_); }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const json::value answer = session.api().get(session.project_path(project_).add("datasets"));
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    Table table({terminal.say({"NAME", "名称"}), terminal.say({"STATE", "状态"}),
                 terminal.say({"SIZE", "大小"}), terminal.say({"FILES", "文件数"}),
                 terminal.say({"UPLOADED", "上传时间"})});
    const auto list = from_json<api::DatasetList>(answer, UnknownMembers::ignore);
    for (const api::DatasetView& dataset : list.items) {
      table.add({{dataset.name},
                 state_cell(terminal, dataset),
                 {size_text(dataset.size)},
                 {std::to_string(dataset.files)},
                 {time_text(dataset.created_at)}});
    }
    if (table.empty()) {
      terminal.note(
          Text{"No data set yet. Send one with `cloudbrain dataset upload FILE -p PROJECT`.",
               "还没有数据集，可用 `cloudbrain dataset upload FILE -p PROJECT` 上传。"});
      return kDone;
    }
    terminal.print(table.text(terminal));
    return kDone;
  }

 private:
  std::string project_;
};

class DatasetShow final : public Command {
 public:
  DatasetShow() : Command("dataset show", {"One data set", "查看数据集"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_, {"As `dataset list` shows it", "数据集名称"});
    define_project(options, project_);
  }

  int run(Session& session) override {
    const json::value answer =
        session.api().get(session.project_path(project_).add("datasets").add(name_));
    if (session.terminal().json()) {
      session.terminal().print_json(answer);
    } else {
      print_dataset(session.terminal(),
                    from_json<api::DatasetView>(answer, UnknownMembers::ignore));
    }
    return kDone;
  }

 private:
  std::string name_;
  std::string project_;
};

class DatasetDelete final : public Command {
 public:
  DatasetDelete() : Command("dataset delete", {"Delete a data set", "删除数据集"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_, {"As `dataset list` shows it", "数据集名称"});
    define_project(options, project_);
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    session.api().remove(session.project_path(project_).add("datasets").add(name_));
    if (terminal.json()) {
      terminal.print_json(json::object{{"deleted", name_}});
    } else {
      terminal.print_line(
          terminal.say({fmt::format("{} is deleted.", name_), fmt::format("{} 已删除。", name_)}));
    }
    return kDone;
  }

 private:
  std::string name_;
  std::string project_;
};

}  // namespace

void add_dataset_commands(CommandTable& table) {
  table.push_back(std::make_unique<DatasetList>());
  table.push_back(std::make_unique<DatasetShow>());
  table.push_back(std::make_unique<DatasetDelete>());
}

}  // namespace cloudbrain::cli
