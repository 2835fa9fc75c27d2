// A project's history, and commits made through the API.
#include <charconv>

#include "api/code_call.h"
#include "api/project_view.h"
#include "api/routes.h"
#include "base/hash.h"
#include "git/commit_files.h"
#include "git/reading/commit_diff.h"

namespace cloudbrain::api {

namespace {

constexpr std::uint64_t kCommitBodyLimit = 48U << 20U;

CommitView view_of(Commit commit) {
  return {std::move(commit.id),          std::move(commit.title),        std::move(commit.message),
          std::move(commit.author_name), std::move(commit.author_email), commit.committed_at,
          std::move(commit.parents)};
}

// Where a page of a history begins: the commit asked for first and how many came already, so that
// pages fit together while the branch moves. "<commit>-<count>" in ?after=.
struct Place {
  std::string commit;
  std::size_t skip = 0;
};

Error wrong_after() {
  return Error::fields(
      {{"after", "after", {"is not what `next` of a page said.", "不是上一页返回的 next 值。"}}});
}

Place place_of(const Call& call) {
  const auto after = call.request.query("after");
  if (!after || after->empty()) return {queried_revision(call), 0};
  const std::size_t dash = after->find('-');
  if (dash == std::string_view::npos || !is_commit_id(after->substr(0, dash))) throw wrong_after();
  Place place{revision_of(call, after->substr(0, dash)), 0};
  const char* end = after->data() + after->size();
  const auto parsed = std::from_chars(after->data() + dash + 1, end, place.skip);
  if (parsed.ec != std::errc() || parsed.ptr != end) throw wrong_after();
  return place;
}

CommitPage commits(Call& call) {
  RevisionReader& revisions = call.services.revisions;
  const auto limit =
      static_cast<std::size_t>(call.request.query_number("limit", 1, 200).value_or(20));
  CommitPage page;
  const auto ref = call.request.query("ref");
  const bool whole = (!ref || ref->empty()) && !call.request.query("after");
  // A project without any commit has an empty history.
  if (whole && !revisions.resolve(call.project->id, revisions.default_branch(call.project->id))) {
    return page;
  }
  const Place place = place_of(call);
  const std::string_view path = call.request.query("path").value_or("");
  auto found = revisions.log(call.project->id, place.commit, limit + 1, place.skip, path);
  if (found.size() > limit) {
    found.resize(limit);
    page.next = fmt::format("{}-{}", place.commit, place.skip + limit);
  }
  for (Commit& commit : found) page.items.push_back(view_of(std::move(commit)));
  return page;
}

FileDiffStatus status_of(FileDiff::Status status) {
  switch (status) {
    case FileDiff::Status::added:
      return FileDiffStatus::added;
    case FileDiff::Status::modified:
      return FileDiffStatus::modified;
    case FileDiff::Status::deleted:
      return FileDiffStatus::deleted;
    case FileDiff::Status::renamed:
      return FileDiffStatus::renamed;
  }
  return FileDiffStatus::modified;
}

CommitDiffView commit_with_diff(Call& call) {
  const std::string& id = call.request.arg("commit");
  auto commit = call.services.revisions.find_commit(call.project->id, id);
  if (!commit) {
    throw Error(ErrorKind::missing, "commit_missing",
                {fmt::format("There is no commit {}.", id), fmt::format("没有提交 {}。", id)});
  }
  std::optional<std::string_view> parent;
  if (!commit->parents.empty()) parent = commit->parents.front();
  CommitDiff diff = commit_diff(call.services.repositories, call.project->id, commit->id, parent);
  CommitDiffView view;
  view.cut = diff.cut;
  for (FileDiff& file : diff.files) {
    view.additions += file.additions;
    view.deletions += file.deletions;
    view.files.push_back({std::move(file.path), std::move(file.old_path), status_of(file.status),
                          file.additions, file.deletions, file.binary, std::move(file.patch)});
  }
  view.commit = view_of(std::move(*commit));
  return view;
}

// The bytes that a file is to have; problems go to `problems`.
std::optional<std::string> content_of(FileChangeBody& file, const std::string& field,
                                      std::vector<FieldProblem>& problems) {
  const int given = (file.content ? 1 : 0) + (file.content_base64 ? 1 : 0) + (file.delete_ ? 1 : 0);
  if (given != 1) {
    problems.push_back({field,
                        "content_or_delete",
                        {"needs exactly one of content, content_base64 and delete.",
                         "content、content_base64 与 delete 必须且只能给出一个。"}});
    return std::nullopt;
  }
  if (file.content) return std::move(file.content);
  if (!file.content_base64) return std::nullopt;
  bool ok = false;
  std::string bytes = base64_decode(*file.content_base64, ok);
  if (!ok) {
    problems.push_back(
        {field + ".content_base64", "not_base64", {"is not base64.", "不是合法的 base64。"}});
  }
  return bytes;
}

NewCommitView commit(Call& call, CommitBody body) {
  std::vector<FieldProblem> problems;
  CommitRequest request;
  request.branch = body.branch;
  request.message = body.message;
  request.author = author_of(call);
  request.time = call.services.clock.now();
  request.expected_head = body.expected_head;
  request.new_branch = body.new_branch;
  request.limits = limits_of(call);
  if (body.message.empty()) {
    problems.push_back({"message", "required", {"needs a message.", "请填写提交说明。"}});
  }
  for (std::size_t i = 0; i < body.files.size(); ++i) {
    const std::string field = fmt::format("files[{}]", i);
    request.files.push_back({body.files[i].path, content_of(body.files[i], field, problems), {}});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
  call.services.upkeep.note_change(call.project->id);
  return {
      commit_files(call.services.repositories, call.services.revisions, call.project->id, request)};
}

}  // namespace

void add_commit_routes(Operations& operations) {
  const std::string project(kProjectPath);
  operations.push_back(answers<CommitPage>({"GET",
                                            project + "/commits",
                                            Right::read_project,
                                            Scope::read,
                                            "History of a branch or of a path, newest first",
                                            {"ref", "path", "limit", "after"}},
                                           commits));
  operations.push_back(
      answers<CommitDiffView>({"GET", project + "/commits/{commit}", Right::read_project,
                               Scope::read, "A commit and what it changed"},
                              commit_with_diff));
  Operation write = takes<CommitBody, NewCommitView>({"POST",
                                                      project + "/commits",
                                                      Right::write_project,
                                                      Scope::write,
                                                      "Write files as one commit",
                                                      {},
                                                      201},
                                                     commit);
  write.body_limit = kCommitBodyLimit;
  operations.push_back(std::move(write));
}

}  // namespace cloudbrain::api
