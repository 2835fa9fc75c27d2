// Code that comes from elsewhere: a fork of a project, the files of an uploaded archive.
#include <fcntl.h>
#include <sys/stat.h>

#include "api/code_call.h"
#include "api/project_view.h"
#include "api/routes.h"
#include "blobs/unpack.h"
#include "domain/names.h"
#include "git/hosting/fork_repository.h"
#include "store/datasets.h"

namespace cloudbrain::api {

namespace {

// An archive's files become one commit, which is held in memory; more than this is for git itself.
constexpr std::uint64_t kArchiveLimit = 64ULL << 20U;
constexpr std::uint64_t kArchiveEntries = 20'000;

ProjectView fork(Call& call, const ForkBody& body) {
  const store::Project& source = *call.project;
  if (source.state != store::ProjectState::ready) {
    throw Error(ErrorKind::conflict, "project_not_ready",
                {fmt::format("{} has no code yet.", full_name(source)),
                 fmt::format("{} 的代码尚未就绪。", full_name(source))});
  }
  store::Project project;
  project.owner = call.caller.user->id;
  project.owner_name = call.caller.user->name;
  project.name = body.name.value_or(source.name);
  if (const auto broken = check_project_name(project.name)) {
    throw Error::fields({{"name", broken->code, broken->message}});
  }
  project.description = source.description;
  // What is private stays so, whatever was asked: a fork must not publish it.
  project.is_private = source.is_private || body.private_.value_or(false);
  project.created_at = call.services.clock.now();
  project.fork_of = source.id;
  project.state = store::ProjectState::importing;  // a crash in between is told as one
  store::Projects projects(call.services.database);
  project.id = projects.create(project);
  fork_repository(call.services.repositories, source.id, project.id);
  store::Datasets(call.services.database).link_as(source.id, project.id);
  project.state = store::ProjectState::ready;
  projects.set_state(project.id, project.state, std::nullopt);
  return view_of(call, project, Role::owner);
}

// ---- an archive ---------------------------------------------------------------------------------

[[noreturn]] void throw_too_large() {
  throw Error(
      ErrorKind::too_large, "archive_too_large",
      {fmt::format("More than {} MiB of code is for git.", kArchiveLimit >> 20U),
       fmt::format("超过 {} MiB 的代码请用 git 推送。", kArchiveLimit >> 20U)},
      {"Push it: git push <clone address> main.", "请使用 git push <仓库地址> main 推送。"});
}

// "repository-main/…" of a downloaded archive: the one folder that holds everything is not meant.
fs::path content_root(const fs::path& tree) {
  std::vector<fs::path> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(tree)) entries.push_back(entry);
  const bool alone = entries.size() == 1 && fs::is_directory(fs::symlink_status(entries[0])) &&
                     !entries[0].filename().native().starts_with('.');
  return alone ? entries[0] : tree;
}

std::vector<FileChange> files_below(const fs::path& root) {
  std::vector<FileChange> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (!fs::is_regular_file(entry.symlink_status())) continue;
    struct stat status{};
    ::lstat(entry.path().c_str(), &status);
    files.push_back({entry.path().lexically_relative(root), read_file(entry.path()),
                     (status.st_mode & S_IXUSR) != 0});
  }
  return files;
}

class ArchiveSink final : public http::Sink {
 public:
  explicit ArchiveSink(const Call& call)
      : call_(call),
        scratch_(call.services.scratch),
        file_(open_file(scratch_.path() / "archive", O_RDWR | O_CREAT | O_EXCL, 0600)) {}

  void write(std::span<const char> bytes) override {
    size_ += bytes.size();
    if (size_ > kArchiveLimit) throw_too_large();
    write_all(file_.get(), bytes, "archive");
  }

  http::Response finish() override {
    const fs::path tree = scratch_.path() / "tree";
    make_directories(tree);
    unpack_archive(file_.get(), tree, {.entries = kArchiveEntries, .total_bytes = kArchiveLimit});
    CommitRequest request;
    request.branch = std::string(call_.request.query("branch").value_or("main"));
    request.message = std::string(call_.request.query("message").value_or("Upload an archive"));
    request.author = author_of(call_);
    request.time = call_.services.clock.now();
    request.files = files_below(content_root(tree));
    request.limits = limits_of(call_);
    return answer(NewCommitView{commit_files(call_.services.repositories, call_.services.revisions,
                                             call_.project->id, request)},
                  201);
  }

 private:
  const Call call_;
  TemporaryDirectory scratch_;
  Fd file_;
  std::uint64_t size_ = 0;
};

}  // namespace

void add_fork_routes(Operations& operations) {
  const std::string project = "/api/v2/projects/{owner}/{name}";
  operations.push_back(takes<ForkBody, ProjectView>(
      {"POST", project + "/fork", Right::use_project, Scope::write, "Fork a project", {}, 201},
      fork));
  Operation archive = receives({"PUT",
                                project + "/archive",
                                Right::write_project,
                                Scope::write,
                                "The files of a zip or tar archive as one commit",
                                {"branch", "message"},
                                201},
                               [](Call& call) { return std::make_unique<ArchiveSink>(call); });
  archive.body_limit = kArchiveLimit;
  archive.answer_schema = [](json::object& components) {
    return schema_of<NewCommitView>(components, true);
  };
  operations.push_back(std::move(archive));
}

}  // namespace cloudbrain::api
