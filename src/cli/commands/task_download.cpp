// Results to the disk: the whole tree, a folder or a file of it, also while the task runs.
#include "cli/commands/commands.h"
#include "cli/commands/task_words.h"
#include "cli/exit_codes.h"
#include "cli/net/fetch_file.h"
#include "cli/screen/progress.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

std::vector<api::OutputEntryView> list(Api& api, const Path& output, const std::string& folder) {
  Path path = output;
  if (!folder.empty()) path.query("path", folder);
  auto entries = api.get_as<api::OutputView>(path).entries;
  for (const api::OutputEntryView& entry : entries) need_plain_path(entry.path);
  return entries;
}

void collect(Api& api, const Path& output, const std::string& folder,
             std::vector<api::OutputEntryView>& files) {
  for (api::OutputEntryView& entry : list(api, output, folder)) {
    if (entry.dir) {
      collect(api, output, entry.path, files);
    } else {
      files.push_back(std::move(entry));
    }
  }
}

// All files at or below `path`; "" is the root.
std::vector<api::OutputEntryView> find_files(Api& api, const Path& output,
                                             const std::string& path) {
  std::vector<api::OutputEntryView> files;
  if (path.empty()) {
    collect(api, output, "", files);
    return files;
  }
  const std::size_t slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
  for (const api::OutputEntryView& entry : list(api, output, parent)) {
    if (entry.path != path) continue;
    if (!entry.dir) return {entry};
    collect(api, output, path, files);
    return files;
  }
  throw Error(ErrorKind::missing, "path_missing",
              {fmt::format("There is no \"{}\" in the results.", path),
               fmt::format("结果中没有“{}”。", path)},
              {"Leave --path out to fetch all there is.", "省略 --path 可下载全部结果。"});
}

class TaskDownload final : public Command {
 public:
  TaskDownload()
      : Command("task download", {"Fetch the results; run again, it goes on where it was",
                                  "下载结果，重复执行可断点续传"}) {}

  void define(Options& options) override {
    options.argument(
        "TASK", task_,
        {"Its number, or OWNER/NAME/TASK[@V0002]", "任务编号，或 所有者/项目/任务名[@V0002]"});
    options.text("--path", path_, "PATH",
                 {"Only this file or folder of the results", "只下载该文件或文件夹"});
    options.text("-o,--output", output_, "DIR",
                 {"Into this folder (./NAME-VERSION)", "保存目录，默认 ./任务名-版本"});
    options.example("cloudbrain task download 12 --output ./results");
  }

  int run(Session& session) override {
    const Path task_path = session.task_path(task_);
    const auto task = session.api().get_as<api::TaskView>(task_path);
    const fs::path directory = output_.value_or(task.name + "-" + task.version);
    const Path output = Path(task_path).add("output");
    std::string path = path_.value_or("");
    while (path.ends_with('/')) path.pop_back();
    const auto files = find_files(session.api(), output, path);
    fetch(session, output, files, directory);
    print_end(session.terminal(), files, directory);
    return kDone;
  }

 private:
  static void fetch(Session& session, const Path& output,
                    const std::vector<api::OutputEntryView>& files, const fs::path& directory) {
    std::uint64_t total = 0;
    for (const api::OutputEntryView& file : files) total += static_cast<std::uint64_t>(file.size);
    if (files.empty()) return;
    Progress progress(session.terminal(), "", total);
    std::uint64_t before = 0;
    for (const api::OutputEntryView& file : files) {
      progress.label(file.path);
      const auto size = static_cast<std::uint64_t>(file.size);
      const RemoteFile remote{Path(output).add_each(file.path), size, file.modified_at};
      const Fetched fetched = fetch_file(session.api(), remote, directory / file.path,
                                         [&](std::uint64_t here) { progress.at(before + here); });
      before += size;
      progress.at(before);
      if (fetched == Fetched::changed && !session.terminal().json()) {
        progress.clear();
        session.terminal().note(
            Text{fmt::format("{} was written to meanwhile: fetch it again when the task has ended.",
                             file.path),
                 fmt::format("{} 在下载期间被写入，请在任务结束后重新下载。", file.path)});
      }
    }
    progress.label(session.terminal().say({"all files", "全部文件"}));
    progress.finish();
  }

  static void print_end(Terminal& terminal, const std::vector<api::OutputEntryView>& files,
                        const fs::path& directory) {
    std::int64_t total = 0;
    json::array list;
    for (const api::OutputEntryView& file : files) {
      total += file.size;
      list.push_back(json::object{{"path", file.path}, {"size", file.size}});
    }
    if (terminal.json()) {
      terminal.print_json(
          json::object{{"directory", directory.string()}, {"files", std::move(list)}});
    } else if (files.empty()) {
      terminal.note(Text{"There are no results yet.", "还没有结果。"});
    } else {
      terminal.print_line(terminal.say({fmt::format("{} ({}) in {}", counted(files.size(), "file"),
                                                    size_text(total), directory.string()),
                                        fmt::format("{} 个文件（{}）已保存到 {}", files.size(),
                                                    size_text(total), directory.string())}));
    }
  }

  std::string task_;
  std::optional<std::string> path_;
  std::optional<std::string> output_;
};

}  // namespace

void add_task_download(CommandTable& table) {
  table.push_back(std::make_unique<TaskDownload>());
}

}  // namespace cloudbrain::cli
