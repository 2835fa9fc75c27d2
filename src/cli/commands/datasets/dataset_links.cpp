// Public data sets of others: search, link, unlink.
#include "cli/commands/commands.h"
#include "cli/commands/datasets/dataset_words.h"
#include "cli/exit_codes.h"
#include "cli/screen/words.h"

namespace cloudbrain::cli {

namespace {

class DatasetSearch final : public Command {
 public:
  DatasetSearch()
      : Command("dataset search", {"Public data sets of all projects", "搜索公开数据集"}) {}

  void define(Options& options) override {
    options.optional_argument("WORDS", words_,
                              {"In name, description or project", "名称、描述或项目中的文字"});
    options.number("--limit", limit_, "N", {"At most so many (50)", "最多显示的数量，默认 50"});
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    Path path{"datasets"};
    if (words_) path.query("search", *words_);
    const json::value answer =
        session.api().list(path, static_cast<std::size_t>(limit_.value_or(50)));
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    Table table({terminal.say({"PROJECT", "项目"}), terminal.say({"NAME", "名称"}),
                 terminal.say({"SIZE", "大小"}), terminal.say({"LINKS", "关联"}),
                 terminal.say({"TASKS", "任务"}), terminal.say({"DESCRIPTION", "描述"})});
    const auto page = from_json<api::PublicDatasetPage>(answer, UnknownMembers::ignore);
    for (const api::PublicDatasetView& dataset : page.items) {
      table.add({{dataset.project},
                 {dataset.name},
                 {size_text(dataset.size)},
                 {std::to_string(dataset.links)},
                 {std::to_string(dataset.tasks)},
                 {dataset.description}});
    }
    if (table.empty()) {
      terminal.note(Text{"There is no such public data set.", "没有符合条件的公开数据集。"});
    } else {
      terminal.print(table.text(terminal));
    }
    return kDone;
  }

 private:
  std::optional<std::string> words_;
  std::optional<std::int64_t> limit_;
};

class DatasetLink final : public Command {
 public:
  DatasetLink()
      : Command("dataset link",
                {"Use another project's public data set", "关联其他项目的公开数据集"}) {}

  void define(Options& options) override {
    options.argument("OWNER/NAME/DATASET", source_,
                     {"As `dataset search` shows it", "所有者/项目/数据集"});
    options.required("-p,--project", project_, "OWNER/NAME", {"In this project", "目标项目"});
    options.example("cloudbrain dataset link admin/vision/faces -p ada/lenet");
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const std::size_t slash = source_.rfind('/');
    if (slash == std::string::npos || source_.find('/') == slash) {
      throw usage_error({fmt::format("\"{}\" is not OWNER/NAME/DATASET.", source_),
                         fmt::format("“{}”应为 所有者/项目/数据集。", source_)});
    }
    const json::object body{{"project", source_.substr(0, slash)},
                            {"name", source_.substr(slash + 1)}};
    const json::value answer =
        session.api().post(session.project_path(project_).add("dataset-links"), body);
    if (terminal.json()) {
      terminal.print_json(answer);
    } else {
      terminal.print_line(
          terminal.say({fmt::format("Tasks of {} may use {}.", project_, source_),
                        fmt::format("项目 {} 的任务现在可以使用 {}。", project_, source_)}));
    }
    return kDone;
  }

 private:
  std::string source_;
  std::string project_;
};

class DatasetUnlink final : public Command {
 public:
  DatasetUnlink() : Command("dataset unlink", {"Use it no longer", "取消关联数据集"}) {}

  void define(Options& options) override {
    define_dataset_name(options, name_);
    options.required("-p,--project", project_, "OWNER/NAME", {"In this project", "目标项目"});
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const Path project = session.project_path(project_);
    const auto list = session.api().get_as<api::DatasetList>(Path(project).add("datasets"));
    for (const api::DatasetView& dataset : list.items) {
      if (!dataset.linked || dataset.name != name_) continue;
      session.api().remove(Path(project).add("dataset-links").add(std::to_string(dataset.id)));
      if (terminal.json()) {
        terminal.print_json(json::object{{"unlinked", name_}});
      } else {
        terminal.print_line(terminal.say({fmt::format("{} is not linked any more.", name_),
                                          fmt::format("已取消关联 {}。", name_)}));
      }
      return kDone;
    }
    throw Error(ErrorKind::missing, "link_missing",
                {fmt::format("{} links no data set {}.", project_, name_),
                 fmt::format("{} 没有关联数据集 {}。", project_, name_)});
  }

 private:
  std::string name_;
  std::string project_;
};

}  // namespace

void add_dataset_links(CommandTable& table) {
  table.push_back(std::make_unique<DatasetSearch>());
  table.push_back(std::make_unique<DatasetLink>());
  table.push_back(std::make_unique<DatasetUnlink>());
}

}  // namespace cloudbrain::cli
