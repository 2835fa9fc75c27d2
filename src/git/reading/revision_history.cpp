// What RevisionReader answers by starting git: branches and history.
#include <charconv>

#include <fmt/format.h>

#include "git/git_command.h"
#include "git/reading/revision_reader.h"

namespace cloudbrain {

namespace {

// Fields of git-for-each-ref(1), separated by NUL.
constexpr std::string_view kBranchFormat =
    "%(refname:lstrip=2)%00%(objectname)%00%(committerdate:unix)%00%(authorname)%00"
    "%(contents:subject)";

// Cuts `text` at `separator`; a separator at the very end makes no empty last part.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

// The text up to the next newline, which is taken away.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

TimePoint time_of(std::string_view seconds) {
  std::int64_t value = 0;
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
  return TimePoint{std::chrono::seconds{value}};
}

Commit parse_commit(std::string_view text) {
  Commit commit;
  commit.id = take_line(text);
  for (const std::string_view parent : split(take_line(text), ' ')) {
    commit.parents.emplace_back(parent);
  }
  commit.author_name = readable(take_line(text));
  commit.author_email = readable(take_line(text));
  commit.committed_at = time_of(take_line(text));
  commit.message = readable(text);
  while (commit.message.ends_with('\n')) commit.message.pop_back();
  commit.title = commit.message.substr(0, commit.message.find('\n'));
  return commit;
}

}  // namespace

std::vector<Branch> RevisionReader::branches(ProjectId project) {
  if (!repositories_.exists(project)) return {};
  const std::string output = run_git(git_process(
      repositories_.path(project), {"for-each-ref", "--sort=refname", "--sort=-committerdate",
                                    fmt::format("--format={}", kBranchFormat), "refs/heads/"}));
  std::vector<Branch> branches;
  for (const std::string_view line : split(output, '\n')) {
    const std::vector<std::string_view> parts = split(line, '\0');
    if (parts.size() < 3 || !is_branch_name(parts[0])) continue;
    Branch branch{std::string(parts[0]), std::string(parts[1])};
    branch.committed_at = time_of(parts[2]);
    if (parts.size() > 3) branch.author = readable(parts[3]);
    if (parts.size() > 4) branch.title = readable(parts[4]);
    branches.push_back(std::move(branch));
  }
  return branches;
}

std::optional<Commit> RevisionReader::find_commit(ProjectId project, std::string_view commit) {
  std::vector<Commit> commits = log(project, commit, 1);
  if (commits.empty()) return std::nullopt;
  return std::move(commits.front());
}

std::string RevisionReader::default_branch(ProjectId project) {
  const auto head = try_read_file(repositories_.path(project) / "HEAD");
  constexpr std::string_view kStart = "ref: refs/heads/";
  if (!head || !head->starts_with(kStart)) return "";
  return head->substr(kStart.size(), head->find('\n') - kStart.size());
}

std::vector<Commit> RevisionReader::log(ProjectId project, std::string_view commit,
                                        std::size_t limit, std::size_t skip,
                                        std::string_view path) {
  if (!is_commit(project, commit)) return {};
  std::vector<std::string> arguments{"log",
                                     "-z",
                                     "--format=tformat:%H%n%P%n%an%n%ae%n%ct%n%B",
                                     fmt::format("--max-count={}", limit),
                                     fmt::format("--skip={}", skip),
                                     std::string(commit),
                                     "--"};
  if (!path.empty()) arguments.emplace_back(path);
  const std::string output = run_git(git_process(repositories_.path(project), arguments));
  std::vector<Commit> commits;
  for (const std::string_view part : split(output, '\0')) commits.push_back(parse_commit(part));
  return commits;
}

}  // namespace cloudbrain
