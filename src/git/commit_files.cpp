#include "git/commit_files.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "git/branches.h"
#include "git/git_command.h"
#include "git/hosting/path_rules.h"

namespace cloudbrain {

namespace {

constexpr int kAttempts = 5;

// "a/b/c" gives "a" and "a/b".
std::vector<std::string> parents_of(std::string_view path) {
  std::vector<std::string> parents;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    parents.emplace_back(path.substr(0, slash));
  }
  return parents;
}

// The tree of the commit that is built upon; each directory is read once.
class Before {
 public:
  Before(RevisionReader& reader, ProjectId project, std::optional<std::string> head)
      : reader_(reader), project_(project), head_(std::move(head)) {}

  const TreeEntry* find(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
    const auto [listing, fresh] = listings_.try_emplace(directory);
    if (fresh && head_) {
      listing->second =
          reader_.list_tree(project_, *head_, directory).value_or(std::vector<TreeEntry>{});
    }
    for (const TreeEntry& entry : listing->second) {
      if (entry.path == path) return &entry;
    }
    return nullptr;
  }

 private:
  RevisionReader& reader_;
  ProjectId project_;
  std::optional<std::string> head_;
  std::map<std::string, std::vector<TreeEntry>> listings_;
};

bool is_directory(const TreeEntry* entry) {
  return entry != nullptr && entry->kind == TreeEntry::Kind::directory;
}

// What is wrong with the changes, each with its field.
class Checker {
 public:
  Checker(const CommitRequest& request, Before& before) : before_(before) {
    for (const FileChange& file : request.files) {
      (file.content ? written_ : deleted_).insert(file.path);
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < request.files.size(); ++i) {
      field_ = fmt::format("files[{}].path", i);
      const FileChange& file = request.files[i];
      if (const auto wrong = path_problem(file.path)) {
        problem("file_path", wrong->en, wrong->zh);
      } else if (file.content && file.content->size() > request.limits.max_file_bytes) {
        const std::uint64_t most = request.limits.max_file_bytes >> 20U;
        problem("file_too_large",
                fmt::format("{} is larger than {} MiB; put large files into a data set.", file.path,
                            most),
                fmt::format("{} 超过 {} MiB；请将大文件放入数据集。", file.path, most));
      } else if (!seen.insert(file.path).second) {
        problem("file_duplicate", fmt::format("{} is named twice.", file.path),
                fmt::format("{} 出现了两次。", file.path));
      } else {
        check(file);
      }
    }
  }

  std::vector<FieldProblem> take() { return std::move(problems_); }

 private:
  void problem(const char* code, std::string en, std::string zh) {
    problems_.push_back({field_, code, {std::move(en), std::move(zh)}});
  }

  void check(const FileChange& file) {
    const TreeEntry* entry = before_.find(file.path);
    if (!file.content) {
      if (entry == nullptr || is_directory(entry)) {
        problem("file_missing", fmt::format("There is no file {} to delete.", file.path),
                fmt::format("要删除的文件 {} 不存在。", file.path));
      }
      return;
    }
    if (is_directory(entry)) {
      problem("file_is_directory", fmt::format("{} is a directory.", file.path),
              fmt::format("{} 是一个目录。", file.path));
    }
    for (const std::string& parent : parents_of(file.path)) {
      const TreeEntry* above = before_.find(parent);
      const bool file_before =
          above != nullptr && !is_directory(above) && !deleted_.contains(parent);
      if (file_before || written_.contains(parent)) {
        problem("parent_is_file", fmt::format("{} is a file, so {} cannot be.", parent, file.path),
                fmt::format("{} 是文件，无法创建 {}。", parent, file.path));
        return;
      }
    }
  }

  Before& before_;
  std::set<std::string> written_;
  std::set<std::string> deleted_;
  std::string field_;
  std::vector<FieldProblem> problems_;
};

// A path as git-fast-import(1) wants it quoted. Control characters were refused before.
std::string quoted_path(std::string_view path) {
  std::string text = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

// "Name <mail> seconds +0000", with nothing in it that would end a part early.
std::string identity(const CommitAuthor& author, TimePoint time) {
  const auto clean = [](std::string text) {
    std::erase_if(
        text, [](char c) { return c == '<' || c == '>' || static_cast<unsigned char>(c) < 0x20; });
    return text;
  };
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return fmt::format("{} <{}> {} +0000", clean(author.name), clean(author.email), seconds);
}

std::string data_command(std::string_view bytes) {
  return fmt::format("data {}\n{}\n", bytes.size(), bytes);
}

// The branch that moves.
const std::string& target_of(const CommitRequest& request) {
  return request.new_branch ? *request.new_branch : request.branch;
}

// The commands of git-fast-import(1) that make the commit and tell its id.
std::string import_stream(const CommitRequest& request, const std::optional<std::string>& head,
                          Before& before) {
  const std::string who = identity(request.author, request.time);
  std::string stream = "feature done\n";
  stream += fmt::format("commit refs/heads/{}\nmark :1\nauthor {}\ncommitter {}\n",
                        target_of(request), who, who);
  stream += data_command(request.message);
  if (head) stream += fmt::format("from {}\n", *head);
  // First what goes, so that a directory may take the place of a file.
  for (const FileChange& file : request.files) {
    if (!file.content) stream += fmt::format("D {}\n", quoted_path(file.path));
  }
  for (const FileChange& file : request.files) {
    if (!file.content) continue;
    const TreeEntry* entry = before.find(file.path);
    const bool executable = file.executable.value_or(entry != nullptr && entry->executable);
    stream +=
        fmt::format("M {} inline {}\n", executable ? "100755" : "100644", quoted_path(file.path));
    stream += data_command(*file.content);
  }
  return stream + "\nget-mark :1\ndone\n";
}

[[noreturn]] void throw_branch_moved(const std::string& branch) {
  throw Error(ErrorKind::conflict, "branch_moved",
              {fmt::format("Branch \"{}\" has got other commits meanwhile.", branch),
               fmt::format("分支“{}”已有新的提交。", branch)},
              {"Look at the newest state and try again.", "请查看最新内容后重试。"});
}

// The branch's head; nullopt for the first commit of a repository.
std::optional<std::string> head_of(RevisionReader& reader, ProjectId project,
                                   const CommitRequest& request) {
  const auto head = reader.resolve(project, request.branch);
  if (!head && !reader.branches(project).empty()) {
    throw Error(ErrorKind::missing, "branch_missing",
                {fmt::format("There is no branch \"{}\".", request.branch),
                 fmt::format("没有分支“{}”。", request.branch)});
  }
  if (request.expected_head && head != request.expected_head) throw_branch_moved(request.branch);
  if (request.new_branch) check_new_branch(reader, project, *request.new_branch);
  return head;
}

void check_form(const CommitRequest& request) {
  std::vector<FieldProblem> problems;
  if (!is_branch_name(request.branch)) {
    problems.push_back({"branch", "branch_name", branch_name_problem(request.branch)});
  }
  if (request.new_branch && !is_branch_name(*request.new_branch)) {
    problems.push_back({"new_branch", "branch_name", branch_name_problem(*request.new_branch)});
  }
  if (request.files.empty()) {
    problems.push_back({"files", "no_files", {"needs at least one file.", "至少需要一个文件。"}});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
}

void check_room(const Repositories& repositories, ProjectId project, const CommitRequest& request) {
  std::uint64_t bytes = repositories.size(project);
  for (const FileChange& file : request.files) bytes += file.content ? file.content->size() : 0;
  if (bytes <= request.limits.max_repository_bytes) return;
  throw repository_full(request.limits);
}

// Nullopt where the branch moved between our look at it and git's.
std::optional<std::string> try_commit(const fs::path& repository, const CommitRequest& request,
                                      const std::optional<std::string>& head, Before& before) {
  const ProcessOptions options =
      git_process(repository, {"fast-import", "--quiet", "--date-format=raw"});
  ProcessResult result =
      run_process(options, import_stream(request, head, before), std::chrono::minutes(5));
  if (!result.status.ok()) {
    // fast-import moves a branch only forward, and only from where it saw it.
    for (const std::string_view sign : {"Not updating", "cannot lock ref"}) {
      if (result.error.find(sign) != std::string::npos) return std::nullopt;
    }
    throw_git_failed(options, result.error);
  }
  std::string commit = result.output.substr(0, result.output.find('\n'));
  if (!is_commit_id(commit)) throw_git_failed(options, result.output);
  return commit;
}

}  // namespace

std::string commit_files(const Repositories& repositories, RevisionReader& reader,
                         ProjectId project, const CommitRequest& request) {
  check_form(request);
  check_room(repositories, project, request);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::optional<std::string> head = head_of(reader, project, request);
    Before before(reader, project, head);
    auto problems = Checker(request, before).take();
    if (!problems.empty()) throw Error::fields(std::move(problems));
    if (auto commit = try_commit(repositories.path(project), request, head, before)) return *commit;
    // Someone was faster. Who named no head to build upon builds upon the new one.
    if (request.expected_head) break;
  }
  throw_branch_moved(request.branch);
}

}  // namespace cloudbrain
