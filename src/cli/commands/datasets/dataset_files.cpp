// What is in a data set, here or on the disk: tree, download.
#include <sys/stat.h>

#include "cli/commands/commands.h"
#include "cli/commands/datasets/dataset_words.h"
#include "cli/exit_codes.h"
#include "cli/net/fetch_file.h"
#include "cli/screen/progress.h"
#include "cli/screen/words.h"

namespace cloudbrain::cli {

namespace {

class DatasetTree final : public Command {
 public:
  DatasetTree()
      : Command("dataset tree", {"What an archive held, as tasks see it", "浏览解压后的目录"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_,
                     {"A data set of one file, or SET/FILE", "数据集，或 数据集/文件"});
    options.optional_argument("PATH", path_, {"A folder in it", "其中的目录"});
    define_dataset_project(options, project_);
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    api::DatasetFileView file;
    const Path tree = dataset_file_path_of(session, project_, name_, file).add("tree");
    json::array all;
    std::string after;
    Table table;
    do {
      Path page = Path(tree).add_each(path_.value_or(""));
      if (!path_) page.add("");
      page.query("limit", "1000");
      if (!after.empty()) page.query("after", after);
      const auto view = session.api().get_as<api::DatasetTreeView>(page);
      for (const api::DatasetEntryView& entry : view.entries) {
        table.add({{entry.dir ? entry.name + "/" : entry.name},
                   {entry.dir ? "" : size_text(entry.size)}});
        all.push_back(to_json(entry));
      }
      after = view.next.value_or("");
    } while (!after.empty());
    if (terminal.json()) {
      terminal.print_json(json::object{{"entries", std::move(all)}});
    } else {
      terminal.print(table.text(terminal));
    }
    return kDone;
  }

 private:
  std::string name_;
  std::string project_;
  std::optional<std::string> path_;
};

class DatasetDownload final : public Command {
 public:
  DatasetDownload()
      : Command("dataset download", {"Fetch the files as they were uploaded; run again, it goes on",
                                     "下载数据集原文件，重复执行可断点续传"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_, {"A data set, or SET/FILE", "数据集名称，或 数据集/文件"});
    define_dataset_project(options, project_);
    options.text("-o,--output", output_, "DIR", {"Into this folder (.)", "保存目录，默认当前目录"});
    options.example("cloudbrain dataset download faces -p admin/vision -o ./data");
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const DatasetName name = split_dataset_name(name_);
    const Path path = dataset_path(session, project_, name.dataset);
    const auto dataset = session.api().get_as<api::DatasetView>(path);
    const fs::path directory = output_.value_or(".");
    json::array names;
    for (const api::DatasetFileView& file : dataset.files) {
      need_plain_path(file.name);
      if (name.file && file.name != *name.file) continue;
      fetch(session, Path(path).add("files").add(file.name), file, directory / file.name);
      names.push_back(json::string(file.name));
    }
    if (names.empty()) {
      throw Error(ErrorKind::missing, "dataset_file_missing",
                  {fmt::format("{} has no such file.", name_), fmt::format("{} 不存在。", name_)});
    }
    if (terminal.json()) {
      terminal.print_json(
          json::object{{"directory", directory.string()}, {"files", std::move(names)}});
    } else {
      terminal.print_line(terminal.say(
          {fmt::format("{} are in {}", counted(names.size(), "file"), directory.string()),
           fmt::format("{} 个文件已保存到 {}", names.size(), directory.string())}));
    }
    return kDone;
  }

 private:
  static void fetch(Session& session, const Path& address, const api::DatasetFileView& file,
                    const fs::path& target) {
    const auto size = static_cast<std::uint64_t>(file.size);
    Progress progress(session.terminal(), file.name, size);
    fetch_file(session.api(), {address, size, file.created_at}, target,
               [&](std::uint64_t here) { progress.at(here); });
    progress.at(size);
    progress.finish();
  }

  std::string name_;
  std::string project_;
  std::optional<std::string> output_;
};

}  // namespace

void add_dataset_files(CommandTable& table) {
  table.push_back(std::make_unique<DatasetTree>());
  table.push_back(std::make_unique<DatasetDownload>());
}

}  // namespace cloudbrain::cli
