// A version's files to the disk, each compared with its SHA-256.
#include <fcntl.h>
#include <unistd.h>

#include "base/files.h"
#include "base/hash.h"
#include "cli/commands/commands.h"
#include "cli/commands/models/model_words.h"
#include "cli/exit_codes.h"
#include "cli/net/fetch_file.h"
#include "cli/screen/progress.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

std::string hash_of(const fs::path& path) {
  constexpr std::size_t kPieceBytes = 1U << 20U;
  const Fd fd = open_file(path, O_RDONLY);
  std::vector<char> buffer(kPieceBytes);
  Sha256 hash;
  while (true) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0) throw_errno("read", path.native());
    if (count == 0) return hash.finish();
    hash.update(std::span(buffer).first(static_cast<std::size_t>(count)));
  }
}

// Kept, it would be taken for whole the next time.
void refuse_other_bytes(const api::ModelFileView& file, const fs::path& target) {
  if (hash_of(target) == file.sha256) return;
  fs::remove(target);
  throw Error(ErrorKind::internal, "wrong_bytes",
              {fmt::format("{} did not arrive as it is on the server.", file.path),
               fmt::format("{} 下载内容与服务器不一致。", file.path)},
              {"Run it again.", "请重新下载。"});
}

class ModelDownload final : public Command {
 public:
  ModelDownload()
      : Command("model download", {"Fetch a version or a file of it; run again, it goes on",
                                   "下载模型版本或其中一个文件，重复执行可断点续传"}) {}

  void define(Options& options) override {
    options.argument("MODEL", name_,
                     {"NAME:V0001, or NAME:V0001:FILE", "名称:V0001，或 名称:V0001:文件"});
    define_model_project(options, project_);
    options.text("-o,--output", output_, "DIR",
                 {"Into this folder (./NAME-VERSION)", "保存目录，默认 ./名称-版本"});
    options.example("cloudbrain model download lenet:V0001 -p admin/mnist");
  }

  int run(Session& session) override {
    const ModelName name = parse_model_version(name_);
    const Path path = version_path(session, project_, name);
    const auto version = session.api().get_as<api::ModelVersionView>(path);
    const fs::path directory = output_.value_or(name.model + "-" + version.version);
    const auto files = choose(version, name);
    fetch(session, path, version, files, directory);
    print_end(session.terminal(), files, directory);
    return kDone;
  }

 private:
  static std::vector<api::ModelFileView> choose(const api::ModelVersionView& version,
                                                const ModelName& name) {
    std::vector<api::ModelFileView> files;
    for (const api::ModelFileView& file : version.files) {
      need_plain_path(file.path);
      if (!name.file || *name.file == file.path) files.push_back(file);
    }
    if (!files.empty() || !name.file) return files;
    throw Error(ErrorKind::missing, "model_file_missing",
                {fmt::format("There is no file \"{}\" in {}.", *name.file, version.version),
                 fmt::format("{} 中没有文件“{}”。", version.version, *name.file)},
                {"Leave the file out to fetch all there is.", "省略文件名可下载全部文件。"});
  }

  static void fetch(Session& session, const Path& path, const api::ModelVersionView& version,
                    const std::vector<api::ModelFileView>& files, const fs::path& directory) {
    std::uint64_t total = 0;
    for (const api::ModelFileView& file : files) total += static_cast<std::uint64_t>(file.size);
    if (files.empty()) return;
    Progress progress(session.terminal(), "", total);
    std::uint64_t before = 0;
    for (const api::ModelFileView& file : files) {
      progress.label(file.path);
      const auto size = static_cast<std::uint64_t>(file.size);
      const fs::path target = directory / file.path;
      const RemoteFile remote{Path(path).add("files").add_each(file.path), size,
                              version.created_at};
      fetch_file(session.api(), remote, target,
                 [&](std::uint64_t here) { progress.at(before + here); });
      refuse_other_bytes(file, target);
      before += size;
      progress.at(before);
    }
    progress.finish();
  }

  static void print_end(Terminal& terminal, const std::vector<api::ModelFileView>& files,
                        const fs::path& directory) {
    std::int64_t total = 0;
    json::array list;
    for (const api::ModelFileView& file : files) {
      total += file.size;
      list.push_back(json::object{{"path", file.path}, {"size", file.size}});
    }
    if (terminal.json()) {
      terminal.print_json(
          json::object{{"directory", directory.string()}, {"files", std::move(list)}});
    } else if (files.empty()) {
      terminal.note(Text{"This version has no files.", "该版本没有文件。"});
    } else {
      terminal.print_line(terminal.say({fmt::format("{} ({}) in {}", counted(files.size(), "file"),
                                                    size_text(total), directory.string()),
                                        fmt::format("{} 个文件（{}）已保存到 {}", files.size(),
                                                    size_text(total), directory.string())}));
    }
  }

  std::string name_;
  std::string project_;
  std::optional<std::string> output_;
};

}  // namespace

void add_model_download(CommandTable& table) {
  table.push_back(std::make_unique<ModelDownload>());
}

}  // namespace cloudbrain::cli
