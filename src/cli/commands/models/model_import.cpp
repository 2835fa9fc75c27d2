// New versions: from a task's results, or from files here.
#include <fcntl.h>
#include <sys/stat.h>

#include "base/files.h"
#include "cli/commands/commands.h"
#include "cli/commands/models/model_words.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/net/resumable_upload.h"
#include "cli/screen/progress.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

// The model, made where it is not there yet.
void make_model(Session& session, const Path& models, const std::string& name) {
  try {
    session.api().get(Path(models).add(name));
    return;
  } catch (const ServerProblem& problem) {
    if (problem.code() != "model_missing") throw;
  }
  session.api().post(models, json::object{{"name", name}});
  if (session.terminal().json()) return;
  session.terminal().note(
      Text{fmt::format("The model {} is new.", name), fmt::format("已创建模型 {}。", name)});
}

int print_end(Session& session, const std::string& model, const json::value& answer) {
  Terminal& terminal = session.terminal();
  const auto version = from_json<api::ModelVersionView>(answer, UnknownMembers::ignore);
  if (version.state == "failed") {
    throw Error(
        ErrorKind::invalid, "version_failed",
        {fmt::format("{} {} could not be imported: {}", model, version.version,
                     version.failure.value_or("")),
         fmt::format("{} {} 导入失败：{}", model, version.version, version.failure.value_or(""))},
        {"Delete that version and import it again.", "请删除该版本后重新导入。"});
  }
  if (terminal.json()) {
    terminal.print_json(answer);
    return kDone;
  }
  const std::string what =
      fmt::format("{}, {}", counted(version.files.size(), "file"), size_text(version.size));
  terminal.print_line(
      terminal.say({fmt::format("{}:{} is {} ({}).", model, version.version, version.state, what),
                    fmt::format("{}:{} {}（{} 个文件，{}）。", model, version.version,
                                version.state == "ready" ? "已就绪" : "正在导入",
                                version.files.size(), size_text(version.size))}));
  return kDone;
}

class ModelImport final : public Command {
 public:
  ModelImport()
      : Command("model import", {"Make a version from a task's results, without copying them",
                                 "将任务结果导入为模型的新版本"}) {}

  void define(Options& options) override {
    options.argument(
        "NAME", name_,
        {"Of the model; made where it is not there yet", "模型名称，不存在时自动创建"});
    options.required(
        "--task", task_, "TASK",
        {"Its number, or OWNER/NAME/TASK[@V0002]", "任务编号，或 所有者/项目/任务名[@V0002]"});
    options.list("--path", paths_, "PATH",
                 {"A file or folder of the results; repeat (all)",
                  "结果中的文件或文件夹，可多次给出，默认全部"});
    options.text("--notes", notes_, "TEXT", {"For people", "备注"});
    options.list("--metric", metrics_, "NAME=NUMBER", {"Repeat for several", "指标，可多次给出"});
    options.flag("--no-wait", no_wait_, {"Do not wait until it is ready", "不等待导入完成"});
    options.example(
        "cloudbrain model import lenet --task 12 --path mnist.pt --metric accuracy=0.98");
  }

  int run(Session& session) override {
    api::ModelVersionBody body;
    body.task = session.task_id(task_);
    if (!paths_.empty()) body.paths = paths_;
    body.notes = notes_.value_or("");
    body.metrics = parse_metrics(metrics_);
    const auto task =
        session.api().get_as<api::TaskView>(Path{"tasks", std::to_string(*body.task)});
    const Path models = session.project_path(task.project).add("models");
    make_model(session, models, name_);
    const Path versions = Path(models).add(name_).add("versions");
    json::value answer = session.api().post(versions, to_json(body));
    const auto made = from_json<api::ModelVersionView>(answer, UnknownMembers::ignore);
    if (!no_wait_) answer = wait(session, Path(versions).add(made.version), std::move(answer));
    return print_end(session, name_, answer);
  }

 private:
  static json::value wait(Session& session, const Path& version, json::value answer) {
    constexpr int kPauseMs = 200;
    const Interrupt interrupt;
    while (answer.at("state") == "importing") {
      interrupt.sleep(kPauseMs);
      answer = session.api().get(version);
    }
    return answer;
  }

  std::string name_;
  std::string task_;
  std::vector<std::string> paths_;
  std::optional<std::string> notes_;
  std::vector<std::string> metrics_;
  bool no_wait_ = false;
};

struct LocalFile {
  fs::path path;     // here
  std::string name;  // in the version
  std::uint64_t size = 0;
};

class ModelUpload final : public Command {
 public:
  ModelUpload()
      : Command("model upload",
                {"Send a file, or a folder's files, as a version", "上传文件或文件夹为模型版本"}) {}

  void define(Options& options) override {
    options.argument("MODEL", name_,
                     {"NAME for a new version; NAME:V0001 adds to that one",
                      "名称表示新版本，名称:V0001 表示添加到该版本"});
    options.argument("PATH", path_, {"A file or a folder", "文件或文件夹"});
    define_model_project(options, project_);
    options.text("--notes", notes_, "TEXT", {"Of a new version", "新版本的备注"});
    options.list("--metric", metrics_, "NAME=NUMBER",
                 {"Of a new version; repeat", "新版本的指标，可多次给出"});
    options.example("cloudbrain model upload resnet resnet50.pth -p admin/vision");
  }

  int run(Session& session) override {
    const std::vector<LocalFile> files = find_files();
    ModelName name = parse_model_name(name_);
    make_model(session, session.project_path(project_).add("models"), name.model);
    if (!name.version) name.version = make_version(session, name.model);
    send(session, name, files);
    return print_end(session, name.model, session.api().get(version_path(session, project_, name)));
  }

 private:
  std::vector<LocalFile> find_files() const {
    std::vector<LocalFile> files;
    const auto add = [&files](const fs::path& path, std::string name) {
      files.push_back({path, std::move(name), fs::file_size(path)});
    };
    if (fs::is_regular_file(path_)) {
      add(path_, fs::path(path_).filename().string());
    } else if (fs::is_directory(path_)) {
      for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path_)) {
        if (entry.is_regular_file()) {
          add(entry.path(), entry.path().lexically_relative(path_).generic_string());
        }
      }
    }
    if (files.empty()) {
      throw usage_error(
          {fmt::format("There is no file at {}.", path_), fmt::format("{} 处没有文件。", path_)});
    }
    std::ranges::sort(files, {}, &LocalFile::name);
    return files;
  }

  std::string make_version(Session& session, const std::string& model) const {
    api::ModelVersionBody body;
    body.notes = notes_.value_or("");
    body.metrics = parse_metrics(metrics_);
    const json::value answer =
        session.api().post(model_path(session, project_, model).add("versions"), to_json(body));
    const std::string version =
        from_json<api::ModelVersionView>(answer, UnknownMembers::ignore).version;
    if (!session.terminal().json()) {
      session.terminal().note(Text{
          fmt::format("Sending to {0}:{1}. Where it breaks off, go on with {0}:{1} in place of "
                      "{0}.",
                      model, version),
          fmt::format("正在上传到 {0}:{1}；如中断，请用 {0}:{1} 代替 {0} 继续。", model, version)});
    }
    return version;
  }

  void send(Session& session, const ModelName& name, const std::vector<LocalFile>& files) const {
    std::uint64_t total = 0;
    for (const LocalFile& file : files) total += file.size;
    Progress progress(session.terminal(), "", total);
    std::uint64_t before = 0;
    for (const LocalFile& file : files) {
      progress.label(file.name);
      const Fd fd = open_file(file.path, O_RDONLY);
      const UploadPlan plan{.project = session.project_name(project_),
                            .dataset = {},
                            .model = name.model,
                            .version = *name.version,
                            .file = file.name,
                            .descriptor = fd.get(),
                            .size = file.size};
      send_one(session, plan, [&](std::uint64_t sent) { progress.at(before + sent); });
      before += file.size;
      progress.at(before);
    }
    progress.finish();
  }

  void send_one(Session& session, const UploadPlan& plan,
                const std::function<void(std::uint64_t)>& on_sent) const {
    if (plan.size == 0) {  // tus has no empty uploads
      HttpCall call;
      call.method = "PUT";
      call.body = "";
      const ModelName name{plan.model, plan.version, std::nullopt};
      const Path version = version_path(session, project_, name);
      session.api().call(std::move(call), Path(version).add("files").add_each(plan.file));
      return;
    }
    const Interrupt interrupt;
    UploadEvents events;
    events.on_sent = on_sent;
    events.on_known = [] {};
    events.on_resumed = on_sent;
    events.on_trouble = [&session](const Error& error, int seconds) {
      session.terminal().note(
          Text{fmt::format("{} Trying again in {} s.", error.message().en, seconds),
               fmt::format("{} {} 秒后重试。", error.message().zh, seconds)});
    };
    const std::string hash = sha256_of(plan, [&interrupt](std::uint64_t) {
      if (interrupt.wait(0)) throw_interrupted();
    });
    send_resumable(session.api(), plan, hash, events, interrupt);
  }

  std::string name_;
  std::string path_;
  std::string project_;
  std::optional<std::string> notes_;
  std::vector<std::string> metrics_;
};

}  // namespace

void add_model_import(CommandTable& table) {
  table.push_back(std::make_unique<ModelImport>());
  table.push_back(std::make_unique<ModelUpload>());
}

}  // namespace cloudbrain::cli
