#include "cli/commands/datasets/dataset_words.h"

#include "cli/exit_codes.h"
#include "cli/screen/words.h"

namespace cloudbrain::cli {

Cell dataset_state_cell(const Terminal& terminal, const std::string& state, int progress) {
  if (state == "ready") return {terminal.say({"ready", "就绪"}), Paint::green};
  if (state == "failed") return {terminal.say({"failed", "失败"}), Paint::red};
  if (state == "unpacking") {
    return {fmt::format("{} {}%", terminal.say({"unpacking", "解压中"}), progress), Paint::yellow};
  }
  return {terminal.say({"waiting", "等待中"}), Paint::yellow};
}

void print_dataset(Terminal& terminal, const api::DatasetView& dataset) {
  Table facts;
  const auto fact = [&](const Text& name, Cell value) {
    facts.add({{terminal.say(name), Paint::dim}, std::move(value)});
  };
  fact({"data set", "数据集"}, {dataset.name});
  if (!dataset.description.empty()) fact({"description", "描述"}, {dataset.description});
  fact({"project", "项目"}, {dataset.project});
  fact({"visibility", "可见性"},
       {terminal.say(dataset.public_ ? Text{"public", "公开"} : Text{"private", "私有"})});
  fact({"size", "大小"}, {size_text(dataset.size)});
  fact({"made", "创建"}, {time_text(dataset.created_at) + "  " + dataset.created_by});
  terminal.print(facts.text(terminal));
  if (dataset.files.empty()) {
    terminal.note(Text{"It has no files yet.", "还没有文件。"});
    return;
  }
  Table table({terminal.say({"FILE", "文件"}), terminal.say({"STATE", "状态"}),
               terminal.say({"SIZE", "大小"}), terminal.say({"FILES IN IT", "文件数"}),
               terminal.say({"IN A TASK", "任务中的位置"}), "SHA-256"});
  for (const api::DatasetFileView& file : dataset.files) {
    table.add({{file.name},
               dataset_state_cell(terminal, file.state, file.progress),
               {size_text(file.size)},
               {std::to_string(file.entries)},
               {file.kind == "plain" ? file.name : file.folder + "/"},
               {file.sha256}});
  }
  terminal.print("\n" + table.text(terminal));
  for (const api::DatasetFileView& file : dataset.files) {
    if (!file.failure) continue;
    const std::string line =
        fmt::format("{}: {} {}", file.name, *file.failure, file.next.value_or(""));
    terminal.note(Text{line, line});
  }
}

const api::DatasetFileView* find_file(const api::DatasetView& dataset, std::string_view name) {
  for (const api::DatasetFileView& file : dataset.files) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

DatasetName split_dataset_name(const std::string& name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos) return {name, std::nullopt};
  return {name.substr(0, slash), name.substr(slash + 1)};
}

Path dataset_path(Session& session, const std::string& project, const std::string& dataset) {
  return session.project_path(project).add("datasets").add(dataset);
}

Path dataset_file_path_of(Session& session, const std::string& project, const std::string& name,
                          api::DatasetFileView& file) {
  const DatasetName given = split_dataset_name(name);
  Path path = dataset_path(session, project, given.dataset);
  const auto dataset = session.api().get_as<api::DatasetView>(path);
  const api::DatasetFileView* found = nullptr;
  if (given.file) {
    found = find_file(dataset, *given.file);
  } else if (dataset.files.size() == 1) {
    found = &dataset.files.front();
  }
  if (found == nullptr) {
    std::string names;
    for (const api::DatasetFileView& one : dataset.files) {
      names += (names.empty() ? "" : ", ") + dataset.name + "/" + one.name;
    }
    throw usage_error({fmt::format("Name one file of {}; there are: {}.", dataset.name, names),
                       fmt::format("请指定 {} 中的一个文件，可选：{}。", dataset.name, names)});
  }
  file = *found;
  return path.add("files").add(file.name);
}

void define_dataset_project(Options& options, std::string& project) {
  options.required("-p,--project", project, "OWNER/NAME", {"Of this project", "所属项目"});
}

void define_dataset_name(Options& options, std::string& name) {
  options.argument("NAME", name, {"As `dataset list` shows it", "数据集名称"});
}

}  // namespace cloudbrain::cli
