#include "git/hosting/repositories.h"

#include <cstdio>
#include <string_view>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/parse_id.h"
#include "git/git_command.h"
#include "git/watched_git.h"

namespace cloudbrain {

namespace {

// Every repository's own configuration; the machine's and the users' are never read.
constexpr std::string_view kConfiguration = R"(
	hooksPath = /dev/null
	logAllRefUpdates = true
	# What a push was told to be stored is on the disk.
	fsync = committed,reference
	fsyncMethod = batch
[receive]
	fsckObjects = true
	autogc = false
# Old and harmless flaws of real histories are let in; what is used for attacks is not.
[fsck]
	zeroPaddedFilemode = ignore
	badTimezone = ignore
	missingSpaceBeforeDate = ignore
	multipleAuthors = ignore
[receive "fsck"]
	zeroPaddedFilemode = ignore
	badTimezone = ignore
	missingSpaceBeforeDate = ignore
	multipleAuthors = ignore
[fetch "fsck"]
	zeroPaddedFilemode = ignore
	badTimezone = ignore
	missingSpaceBeforeDate = ignore
	multipleAuthors = ignore
[fetch]
	fsckObjects = true
[http]
	receivepack = true
	getanyfile = false
[uploadpack]
	allowFilter = true
[gc]
	auto = 0
	# A task names its commit for ever, also after a forced push took it off its branch.
	pruneExpire = never
	cruftPacks = true
)";

constexpr std::chrono::hours kStaleQuarantine{24};

// What killed pushes left. git would remove it when it prunes, which we forbid.
void remove_stale_quarantines(const fs::path& objects) {
  const auto now = fs::file_time_type::clock::now();
  for (const fs::directory_entry& entry : fs::directory_iterator(objects)) {
    const std::string name = entry.path().filename();
    std::error_code gone;
    const auto written = entry.last_write_time(gone);
    if (name.starts_with("tmp_objdir-") && !gone && now - written > kStaleQuarantine) {
      remove_tree(entry.path());
    }
  }
}

bool is_plain_component(std::string_view part) {
  return !part.empty() && !part.starts_with('.') && !part.ends_with(".lock");
}

}  // namespace

Repositories::Repositories(fs::path root) : root_(std::move(root)) {
  make_directories(root_);
  for (const fs::directory_entry& entry : fs::directory_iterator(root_)) {
    if (entry.path().filename().native().starts_with(".unfinished-")) remove_tree(entry.path());
  }
}

fs::path Repositories::path(ProjectId project) const {
  return root_ / fmt::format("{}.git", project.value);
}

bool Repositories::exists(ProjectId project) const {
  struct stat status{};
  return ::stat(path(project).c_str(), &status) == 0;
}

PreparedRepository::~PreparedRepository() {
  if (path_.empty()) return;
  try {
    remove_tree(path_);
  } catch (const Error& error) {
    log::warning("{} is left lying: {}", path_.native(), error.what());
  }
}

PreparedRepository Repositories::prepare(std::string_view default_branch) const {
  if (!is_branch_name(default_branch)) {
    throw Error(ErrorKind::invalid, "branch_name",
                {fmt::format("\"{}\" cannot be the name of a branch.", default_branch),
                 fmt::format("“{}”不能作为分支名称。", default_branch)});
  }
  PreparedRepository prepared(root_ / random_name(".unfinished-"));
  const fs::path& fresh = prepared.path();
  run_git(git_process({}, {"init", "--quiet", "--bare", "--template=", "--object-format=sha1",
                           fmt::format("--initial-branch={}", default_branch), fresh}));
  // git wrote [core] with what it found out about the file system; the rest is ours.
  write_file_atomic(fresh / "config",
                    read_file(fresh / "config") + std::string(kConfiguration.substr(1)),
                    Durable::yes);
  write_file_atomic(fresh / "HEAD", read_file(fresh / "HEAD"), Durable::yes);
  return prepared;
}

void Repositories::place(PreparedRepository prepared, ProjectId project) {
  const fs::path target = path(project);
  if (exists(project)) {
    if (!run_git(git_process(target, {"for-each-ref", "--count=1"})).empty()) {
      throw Error(ErrorKind::conflict, "repository_exists",
                  {"The project has commits already.", "该项目已有提交。"});
    }
    remove(project);
  }
  if (::rename(prepared.path().c_str(), target.c_str()) != 0) {
    throw_errno("rename", target.native());
  }
  prepared.path_.clear();
  sync_directory(root_);
}

void Repositories::create(ProjectId project, std::string_view default_branch) {
  if (exists(project)) return;
  PreparedRepository prepared = prepare(default_branch);
  // Someone may have been faster, which is as good.
  if (::rename(prepared.path().c_str(), path(project).c_str()) == 0) {
    prepared.path_.clear();
  } else if (!exists(project)) {
    throw_errno("rename", path(project).native());
  }
  sync_directory(root_);
}

void Repositories::set_default_branch(ProjectId project, std::string_view branch) const {
  run_git(
      git_process(path(project), {"symbolic-ref", "HEAD", fmt::format("refs/heads/{}", branch)}));
}

std::uint64_t Repositories::size(ProjectId project) const {
  return tree_size(path(project));
}

void Repositories::remove(ProjectId project) {
  const fs::path aside = root_ / random_name(".unfinished-");
  if (::rename(path(project).c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT) return;
    throw_errno("rename", path(project).native());
  }
  remove_tree(aside);
}

void Repositories::remove_others(const std::set<ProjectId>& known) {
  for (const fs::directory_entry& entry : fs::directory_iterator(root_)) {
    if (entry.path().extension() != ".git") continue;
    const auto project = parse_id<ProjectId>(entry.path().stem().native());
    if (project && !known.contains(*project)) remove(*project);
  }
}

void Repositories::maintain(ProjectId project, const std::function<bool()>& stop) const {
  if (!exists(project)) return;
  const ProcessOptions options =
      git_process(path(project),
                  {"-c", "gc.auto=2000", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"});
  const WatchedRun run = run_watched_git(options, std::chrono::hours(1),
                                         [&](std::string_view) { return stop && stop(); });
  if (run.end == RunEnd::stopped) return;
  if (!run.status.ok()) throw_git_failed(options, run.error);
  remove_stale_quarantines(path(project) / "objects");
}

// The rules of git-check-ref-format(1) for what stands after refs/heads/.
bool is_branch_name(std::string_view name) {
  if (name.empty() || name.size() > 200 || name == "@" || name == "HEAD") return false;
  if (name.starts_with('-') || name.ends_with('.') || !is_utf8(name)) return false;
  for (const std::string_view forbidden : {"..", "@{"}) {
    if (name.find(forbidden) != std::string_view::npos) return false;
  }
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f ||
        std::string_view("~^:?*[\\").find(c) != std::string_view::npos) {
      return false;
    }
  }
  while (true) {
    const std::size_t slash = name.find('/');
    if (!is_plain_component(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

bool is_commit_id(std::string_view text) {
  return text.size() == 40 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace cloudbrain
