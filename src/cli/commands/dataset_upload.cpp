// An archive on its way to the server, and until it is unpacked there.
#include <fcntl.h>
#include <sys/stat.h>

#include "api/views.h"
#include "base/files.h"
#include "cli/commands/commands.h"
#include "cli/commands/datasets/dataset_words.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/net/resumable_upload.h"
#include "cli/screen/progress.h"
#include "cli/screen/words.h"
#include "cli/session.h"
#include "domain/names.h"

namespace cloudbrain::cli {

namespace {

struct Archive {
  Fd fd;
  std::uint64_t size = 0;
};

Archive open_archive(const std::string& path) {
  Archive archive{try_open_file(path, O_RDONLY)};
  if (!archive.fd) {
    throw usage_error(
        {fmt::format("There is no file {}.", path), fmt::format("文件 {} 不存在。", path)});
  }
  struct stat status{};
  if (fstat(archive.fd.get(), &status) != 0) throw_errno("stat", path);
  if (!S_ISREG(status.st_mode)) {
    throw usage_error(
        {fmt::format("{} is not a file.", path), fmt::format("{} 不是文件。", path)},
        {"Pack a folder first: zip -r data.zip FOLDER", "请先打包文件夹：zip -r data.zip FOLDER"});
  }
  archive.size = static_cast<std::uint64_t>(status.st_size);
  return archive;
}

bool is_settled(const api::DatasetFileView& file) {
  return file.state == "ready" || file.state == "failed";
}

// The file that was sent, in the data set as the server has it now.
api::DatasetFileView sent_file(const json::value& answer, const std::string& name) {
  const auto dataset = from_json<api::DatasetView>(answer, UnknownMembers::ignore);
  if (const api::DatasetFileView* file = find_file(dataset, name)) return *file;
  throw Error(ErrorKind::missing, "dataset_missing",
              {fmt::format("{} was deleted meanwhile.", name), fmt::format("{} 已被删除。", name)});
}

class DatasetUpload final : public Command {
 public:
  DatasetUpload()
      : Command("dataset upload",
                {"Send a file; an archive is unpacked there", "上传文件；压缩包会在服务器上解压"}) {
  }

  void define(Options& options) override {
    options.arguments(
        "FILE", files_,
        {".zip, .tar, .tar.gz, .tgz and .tar.zst are unpacked, others appear as they are",
         ".zip、.tar、.tar.gz、.tgz、.tar.zst 会被解压，其他文件原样呈现"});
    options.required("-p,--project", project_, "OWNER/NAME", {"Into this project", "目标项目"});
    options.text("--name", name_, "NAME",
                 {"Call it so instead of FILE's name", "文件名称，默认取本地文件名"});
    options.text(
        "--dataset", dataset_, "NAME",
        {"Into this data set instead of one of its own", "加入该数据集，默认为同名数据集"});
    options.flag("--no-wait", no_wait_, {"Do not wait until it is unpacked", "不等待解压完成"});
    options.example("cloudbrain dataset upload MnistDataset_torch.zip -p admin/mnist");
    options.example(
        "cloudbrain dataset upload train.tar.zst labels.csv --dataset birds -p admin/birds");
  }

  int run(Session& session) override {
    if (name_ && files_.size() > 1) {
      throw usage_error({"--name is for one file.", "--name 只能用于一个文件。"});
    }
    // Every name and file is looked at before the first byte goes.
    std::vector<Archive> archives;
    for (const std::string& file : files_) {
      const std::string name = name_of(file);
      if (const auto broken = check_dataset_name(name)) {
        throw usage_error({fmt::format("\"{}\": {}", name, broken->message.en),
                           fmt::format("“{}”：{}", name, broken->message.zh)});
      }
      archives.push_back(open_archive(file));
    }
    json::array answers;
    for (std::size_t i = 0; i < files_.size(); ++i)
      answers.push_back(upload(session, name_of(files_[i]), archives[i]));
    if (session.terminal().json()) {
      session.terminal().print_json(
          answers.size() == 1 ? answers.front() : json::object{{"items", std::move(answers)}});
    }
    return kDone;
  }

 private:
  std::string name_of(const std::string& file) const {
    return name_.value_or(fs::path(file).filename().string());
  }

  // Gives the data set as it is then.
  json::value upload(Session& session, const std::string& name, const Archive& archive) const {
    const std::string dataset_name = dataset_.value_or(name);
    send(session, {.project = session.project_name(project_),
                   .dataset = dataset_name,
                   .model = {},
                   .version = {},
                   .file = name,
                   .descriptor = archive.fd.get(),
                   .size = archive.size});
    const Path path = session.project_path(project_).add("datasets").add(dataset_name);
    json::value answer = session.api().get(path);
    api::DatasetFileView dataset = sent_file(answer, name);
    if (!no_wait_ && !is_settled(dataset)) {
      answer = wait_until_settled(session, path, name);
      dataset = sent_file(answer, name);
    }
    if (dataset.state == "failed") throw not_unpacked(dataset);
    if (!session.terminal().json()) print_end(session.terminal(), dataset);
    return answer;
  }

  static void send(Session& session, const UploadPlan& plan) {
    Terminal& terminal = session.terminal();
    const Interrupt interrupt;
    const std::string hash = hash_file(terminal, plan, interrupt);
    Progress progress(terminal, plan.file, plan.size);
    UploadEvents events;
    events.on_sent = [&](std::uint64_t sent) {
      progress.at(sent);
      if (sent == plan.size) progress.finish();  // the server may take a while to unpack
    };
    events.on_known = [&] {
      if (terminal.json()) return;
      terminal.note(Text{"The server has these bytes already: nothing is sent.",
                         "服务器已有相同内容，无需上传。"});
    };
    events.on_resumed = [&](std::uint64_t offset) {
      const std::string amount = size_text(static_cast<std::int64_t>(offset));
      progress.clear();
      terminal.note(Text{fmt::format("Going on after the {} that have arrived.", amount),
                         fmt::format("已到达 {}，继续上传。", amount)});
    };
    events.on_trouble = [&](const Error& error, int seconds) {
      progress.clear();
      terminal.note(Text{fmt::format("{} Trying again in {} s.", error.message().en, seconds),
                         fmt::format("{} {} 秒后重试。", error.message().zh, seconds)});
    };
    send_resumable(session.api(), plan, hash, events, interrupt);
  }

  // Its hash tells the server whether it has the file, and which unfinished upload is of this one.
  static std::string hash_file(Terminal& terminal, const UploadPlan& plan,
                               const Interrupt& interrupt) {
    Progress progress(terminal, terminal.say({"Reading", "读取"}) + " " + plan.file, plan.size);
    return sha256_of(plan, [&](std::uint64_t done) {
      progress.at(done);
      if (interrupt.wait(0)) throw_interrupted();
    });
  }

  static json::value wait_until_settled(Session& session, const Path& path,
                                        const std::string& name) {
    constexpr int kPauseMs = 300;
    Terminal& terminal = session.terminal();
    const Interrupt interrupt;
    std::optional<int> shown;
    while (true) {
      json::value answer = session.api().get(path);
      const api::DatasetFileView dataset = sent_file(answer, name);
      const bool settled = is_settled(dataset);
      if (!terminal.json() && shown != dataset.progress) {
        show_unpacking(terminal, dataset.progress, !shown);
        shown = dataset.progress;
      }
      if (settled && terminal.err_is_terminal() && shown) terminal.write_error("\n");
      if (settled) return answer;
      interrupt.sleep(kPauseMs);
    }
  }

  // In place on a terminal; elsewhere one line is enough.
  static void show_unpacking(Terminal& terminal, int percent, bool first) {
    if (terminal.err_is_terminal()) {
      const Text line{fmt::format("Unpacking: {}%", percent),
                      fmt::format("正在解压：{}%", percent)};
      terminal.write_error("\r" + terminal.say(line) + "\x1b[K");
    } else if (first) {
      terminal.note(Text{"Unpacking …", "正在解压……"});
    }
  }

  static Error not_unpacked(const api::DatasetFileView& dataset) {
    const std::string why = dataset.failure.value_or("");
    return Error(ErrorKind::invalid, "dataset_failed",
                 {fmt::format("{} could not be unpacked: {}", dataset.name, why),
                  fmt::format("{} 解压失败：{}", dataset.name, why)},
                 {"Upload a sound archive under the same name, or delete this one.",
                  "请用同名的完好压缩包重新上传，或删除该数据集。"});
  }

  static void print_end(Terminal& terminal, const api::DatasetFileView& dataset) {
    const std::string size = size_text(dataset.size);
    if (dataset.state != "ready") {
      terminal.print_line(terminal.say(
          {fmt::format("{} ({}) has arrived and is being unpacked.", dataset.name, size),
           fmt::format("{}（{}）已上传，正在解压。", dataset.name, size)}));
      return;
    }
    terminal.print_line(terminal.say(
        {fmt::format("{} ({}, {}) is ready.", dataset.name, size,
                     counted(static_cast<std::size_t>(dataset.entries), "file")),
         fmt::format("{}（{}，{} 个文件）已就绪。", dataset.name, size, dataset.entries)}));
  }

  std::vector<std::string> files_;
  std::string project_;
  std::optional<std::string> name_, dataset_;
  bool no_wait_ = false;
};

}  // namespace

void add_dataset_upload(CommandTable& table) {
  table.push_back(std::make_unique<DatasetUpload>());
}

}  // namespace cloudbrain::cli
