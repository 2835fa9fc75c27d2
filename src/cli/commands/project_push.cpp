// The files of a plain directory as one commit.
#include <fcntl.h>

#include "api/views.h"
#include "base/files.h"
#include "base/hash.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

// What one commit may carry. More belongs to git, which sends only what changed.
constexpr std::uint64_t kMostBytes = 20U << 20U;

struct Found {
  std::vector<std::string> files;    // relative, sorted
  std::vector<std::string> skipped;  // neither file nor directory
  std::uint64_t bytes = 0;
};

// Links are not followed: what they lead to may lie outside, and a task would not see it.
Found find_files(const fs::path& directory) {
  Found found;
  const auto options = fs::directory_options::none;
  for (auto entry = fs::recursive_directory_iterator(directory, options);
       entry != fs::recursive_directory_iterator(); ++entry) {
    const bool is_link = entry->is_symlink();
    if (entry->path().filename() == ".git") {
      entry.disable_recursion_pending();
      continue;
    }
    std::string relative = entry->path().lexically_relative(directory).generic_string();
    if (!is_link && entry->is_directory()) continue;
    if (!is_link && entry->is_regular_file()) {
      found.bytes += entry->file_size();
      found.files.push_back(std::move(relative));
    } else {
      found.skipped.push_back(std::move(relative));
    }
  }
  std::sort(found.files.begin(), found.files.end());
  return found;
}

Found checked_files(const fs::path& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    throw usage_error({fmt::format("{} is not a directory.", directory.string()),
                       fmt::format("{} 不是目录。", directory.string())});
  }
  Found found;
  try {
    found = find_files(directory);
  } catch (const fs::filesystem_error& failed) {
    throw_errno("read", failed.path1().string(), failed.code().value());
  }
  if (found.files.empty()) {
    throw usage_error({fmt::format("There is no file in {}.", directory.string()),
                       fmt::format("目录 {} 中没有文件。", directory.string())});
  }
  return found;
}

class ProjectPush final : public Command {
 public:
  ProjectPush()
      : Command("project push",
                {"Commit the files of a directory", "把一个目录中的文件提交到项目"}) {}

  void define(Options& options) override {
    options.argument("DIR", directory_, {"Its files; .git is left out", "要提交的目录，忽略 .git"});
    options.required("-p,--project", project_, "OWNER/NAME", {"Into this project", "目标项目"});
    options.text("--branch", branch_, "NAME", {"On this branch (main)", "分支，默认 main"});
    options.text("-m,--message", message_, "TEXT", {"What the commit says", "提交说明"});
    options.example("cloudbrain project push ./mnist -p admin/mnist -m \"First version\"");
  }

  int run(Session& session) override {
    Terminal& terminal = session.terminal();
    const fs::path directory(directory_);
    const Path project = session.project_path(project_);
    const Found found = checked_files(directory);
    if (found.bytes > kMostBytes) throw too_large(session, project, found.bytes);
    for (const std::string& path : found.skipped) {
      terminal.note(Text{fmt::format("Left out: {} is no plain file.", path),
                         fmt::format("已跳过：{} 不是普通文件。", path)});
    }
    // Asked for before anything is changed: a hint must not fail a commit that was made.
    const bool has_history = fs::exists(directory / ".git");
    const Text hint = has_history ? git_hint(session, project) : Text{};
    const json::value answer =
        session.api().post(Path(project).add("commits"), to_json(commit_of(directory, found)));
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    print_commit(terminal, from_json<api::NewCommitView>(answer, UnknownMembers::ignore), found);
    if (has_history) terminal.note(hint);
    return kDone;
  }

 private:
  void print_commit(Terminal& terminal, const api::NewCommitView& commit,
                    const Found& found) const {
    const std::string branch = branch_.value_or("main");
    const std::string size = size_text(static_cast<std::int64_t>(found.bytes));
    terminal.print_line(terminal.say(
        {fmt::format("{} ({}) in commit {} on {}.", counted(found.files.size(), "file"), size,
                     commit.commit.substr(0, 12), branch),
         fmt::format("{} 个文件（{}）已提交到 {} 分支，提交号 {}。", found.files.size(), size,
                     branch, commit.commit.substr(0, 12))}));
  }

  api::CommitBody commit_of(const fs::path& directory, const Found& found) const {
    api::CommitBody body;
    body.branch = branch_.value_or("main");
    body.message = message_.value_or(
        fmt::format("Files of {}", fs::absolute(directory).lexically_normal().filename().string()));
    for (const std::string& path : found.files) {
      api::FileChangeBody change;
      change.path = path;
      std::string content = read_file(directory / path);
      if (is_utf8(content) && content.find('\0') == std::string::npos) {
        change.content = std::move(content);
      } else {
        change.content_base64 = base64_encode(content);
      }
      body.files.push_back(std::move(change));
    }
    return body;
  }

  Text git_hint(Session& session, const Path& project) const {
    const auto view = session.api().get_as<api::ProjectView>(project);
    const std::string command =
        fmt::format("git -C {} push {}{} HEAD:{}", directory_, session.account().server,
                    view.clone_path, branch_.value_or("main"));
    return {
        "It is a git repository: git sends its history itself (password: an access token):\n  " +
            command,
        "该目录是 git 仓库，可直接用 git 推送完整历史（密码处填写访问令牌）：\n  " + command};
  }

  Error too_large(Session& session, const Path& project, std::uint64_t bytes) const {
    const std::string size = size_text(static_cast<std::int64_t>(bytes));
    Text next = git_hint(session, project);
    next.en = "Use git for code and `cloudbrain dataset upload` for data. " + next.en;
    next.zh = "代码请用 git 推送，数据请用 `cloudbrain dataset upload` 上传。" + next.zh;
    return Error(
        ErrorKind::too_large, "too_much_code",
        {fmt::format("{} holds {}; one commit takes at most {}.", directory_, size,
                     size_text(kMostBytes)),
         fmt::format("{} 共 {}，单次提交最多 {}。", directory_, size, size_text(kMostBytes))},
        std::move(next));
  }

  std::string directory_;
  std::string project_;
  std::optional<std::string> branch_;
  std::optional<std::string> message_;
};

}  // namespace

void add_project_push(CommandTable& table) {
  table.push_back(std::make_unique<ProjectPush>());
}

}  // namespace cloudbrain::cli
