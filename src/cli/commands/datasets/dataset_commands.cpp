// Data sets of a project: list, show, make, change, delete, unpack again.
#include "cli/commands/commands.h"
#include "cli/commands/datasets/dataset_words.h"
#include "cli/exit_codes.h"
#include "cli/screen/words.h"

namespace cloudbrain::cli {

namespace {

int print_answer(Terminal& terminal, const json::value& answer) {
  if (terminal.json()) {
    terminal.print_json(answer);
  } else {
    print_dataset(terminal, from_json<api::DatasetView>(answer, UnknownMembers::ignore));
  }
  return kDone;
}

class DatasetList final : public Command {
 public:
  DatasetList() : Command("dataset list", {"Data sets of a project", "项目的数据集列表"}) {}

  void define(Options& options) override { define_dataset_project(options, project_); }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const json::value answer = session.api().get(session.project_path(project_).add("datasets"));
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    Table table({terminal.say({"NAME", "名称"}), terminal.say({"STATE", "状态"}),
                 terminal.say({"SIZE", "大小"}), terminal.say({"FILES", "文件数"}),
                 terminal.say({"PUBLIC", "公开"}), terminal.say({"MADE", "创建时间"})});
    const auto list = from_json<api::DatasetList>(answer, UnknownMembers::ignore);
    for (const api::DatasetView& dataset : list.items) add_row(terminal, dataset, table);
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
  static void add_row(const Terminal& terminal, const api::DatasetView& dataset, Table& table) {
    int progress = 100;
    for (const api::DatasetFileView& file : dataset.files) {
      if (file.state == "unpacking") progress = std::min(progress, file.progress);
    }
    // A linked one is told by where it lives.
    table.add({{dataset.linked ? dataset.name + "  ← " + dataset.project : dataset.name},
               dataset_state_cell(terminal, dataset.state, progress),
               {size_text(dataset.size)},
               {std::to_string(dataset.files.size())},
               {dataset.public_ ? terminal.say({"yes", "是"}) : "-"},
               {time_text(dataset.created_at)}});
  }

  std::string project_;
};

class DatasetShow final : public Command {
 public:
  DatasetShow() : Command("dataset show", {"One data set and its files", "查看数据集及其文件"}) {}

  void define(Options& options) override {
    define_dataset_name(options, name_);
    define_dataset_project(options, project_);
  }

  int run(Session& session) override {
    return print_answer(session.terminal(),
                        session.api().get(dataset_path(session, project_, name_)));
  }

 private:
  std::string name_;
  std::string project_;
};

class DatasetCreate final : public Command {
 public:
  DatasetCreate()
      : Command("dataset create", {"Make a data set to put files into", "新建数据集"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_, {"What to call it", "数据集名称"});
    define_dataset_project(options, project_);
    options.text("--description", description_, "TEXT", {"What it is", "描述"});
    options.flag("--public", public_, {"Others may see and link it", "公开，其他项目可关联"});
  }

  int run(Session& session) override {
    const json::object body{
        {"name", name_}, {"description", description_.value_or("")}, {"public", public_}};
    return print_answer(session.terminal(),
                        session.api().post(session.project_path(project_).add("datasets"), body));
  }

 private:
  std::string name_;
  std::string project_;
  std::optional<std::string> description_;
  bool public_ = false;
};

class DatasetEdit final : public Command {
 public:
  DatasetEdit() : Command("dataset edit", {"Rename or change a data set", "修改数据集"}) {}

  void define(Options& options) override {
    define_dataset_name(options, name_);
    define_dataset_project(options, project_);
    options.text("--name", new_name_, "NAME", {"Call it so", "新名称"});
    options.text("--description", description_, "TEXT", {"What it is", "描述"});
    options.flag("--public", public_, {"Others may see and link it", "公开，其他项目可关联"});
    options.flag("--private", private_, {"For this project's members alone", "仅项目成员可见"});
  }

  int run(Session& session) override {
    json::object body;
    if (new_name_) body["name"] = *new_name_;
    if (description_) body["description"] = *description_;
    if (public_ != private_) body["public"] = public_;
    if (body.empty()) {
      throw usage_error({"Say what to change: --name, --description, --public or --private.",
                         "请指定要修改的内容：--name、--description、--public 或 --private。"});
    }
    return print_answer(session.terminal(),
                        session.api().patch(dataset_path(session, project_, name_), body));
  }

 private:
  std::string name_;
  std::string project_;
  std::optional<std::string> new_name_;
  std::optional<std::string> description_;
  bool public_ = false;
  bool private_ = false;
};

class DatasetDelete final : public Command {
 public:
  DatasetDelete()
      : Command("dataset delete", {"Delete a data set, or one file of it", "删除数据集或其文件"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_, {"A data set, or SET/FILE", "数据集名称，或 数据集/文件"});
    define_dataset_project(options, project_);
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const DatasetName name = split_dataset_name(name_);
    Path path = dataset_path(session, project_, name.dataset);
    if (name.file) path.add("files").add(*name.file);
    session.api().remove(path);
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

class DatasetUnpack final : public Command {
 public:
  DatasetUnpack()
      : Command("dataset unpack", {"Try again to unpack what failed", "重试失败的解压"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_,
                     {"A data set of one file, or SET/FILE", "数据集，或 数据集/文件"});
    define_dataset_project(options, project_);
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    api::DatasetFileView file;
    Path path = dataset_file_path_of(session, project_, name_, file);
    const json::value answer = session.api().post(path.add("unpack"));
    if (terminal.json()) {
      terminal.print_json(answer);
    } else {
      terminal.print_line(terminal.say({fmt::format("{} is being unpacked again.", file.name),
                                        fmt::format("正在重新解压 {}。", file.name)}));
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
  table.push_back(std::make_unique<DatasetCreate>());
  table.push_back(std::make_unique<DatasetEdit>());
  table.push_back(std::make_unique<DatasetDelete>());
  table.push_back(std::make_unique<DatasetUnpack>());
}

}  // namespace cloudbrain::cli
