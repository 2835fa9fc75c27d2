// A project's code: branches, trees, files, commits made through the API.
#include "api/project_view.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/hash.h"
#include "git/commit_files.h"

namespace cloudbrain::api {

namespace {

constexpr std::uint64_t kCommitBodyLimit = 48U << 20U;

BranchList branches(Call& call) {
  RevisionReader& revisions = call.services.revisions;
  const std::string default_branch = revisions.default_branch(call.project->id);
  BranchList list;
  for (const Branch& branch : revisions.branches(call.project->id)) {
    list.items.push_back({branch.name, branch.commit, branch.name == default_branch});
  }
  return list;
}

// A branch's head, or a commit named in full.
std::string commit_of(Call& call) {
  const std::string& ref = call.request.arg("ref");
  if (const auto commit = call.services.revisions.resolve(call.project->id, ref)) return *commit;
  if (is_commit_id(ref)) return ref;
  throw Error(ErrorKind::missing, "branch_missing",
              {fmt::format("There is no branch \"{}\".", ref), fmt::format("没有分支“{}”。", ref)});
}

Error path_missing(std::string_view path) {
  return Error(ErrorKind::missing, "path_missing",
               {fmt::format("There is no \"{}\" in this commit.", path),
                fmt::format("该提交中没有“{}”。", path)});
}

TreeList tree(Call& call) {
  const std::string& path = call.request.arg("path");
  const auto entries = call.services.revisions.list_tree(call.project->id, commit_of(call), path);
  if (!entries) throw path_missing(path);
  TreeList list;
  for (const TreeEntry& entry : *entries) {
    list.items.push_back({entry.path, entry.size, entry.kind == TreeEntry::Kind::directory});
  }
  return list;
}

// Always plain bytes: what a user wrote is never shown as HTML on our origin.
http::Response raw(Call& call) {
  const std::string& path = call.request.arg("path");
  auto content = call.services.revisions.read_file(call.project->id, commit_of(call), path);
  if (!content) throw path_missing(path);
  const bool text = is_utf8(*content);
  return http::Response::text(std::move(*content),
                              text ? "text/plain; charset=utf-8" : "application/octet-stream");
}

// The bytes that a file is to have; problems go to `problems`.
std::optional<std::string> content_of(const FileChangeBody& file, const std::string& field,
                                      std::vector<FieldProblem>& problems) {
  const int given = (file.content ? 1 : 0) + (file.content_base64 ? 1 : 0) + (file.delete_ ? 1 : 0);
  if (given != 1) {
    problems.push_back({field,
                        "content_or_delete",
                        {"needs exactly one of content, content_base64 and delete.",
                         "content、content_base64 与 delete 必须且只能给出一个。"}});
    return std::nullopt;
  }
  if (file.content) return file.content;
  if (!file.content_base64) return std::nullopt;
  bool ok = false;
  std::string bytes = base64_decode(*file.content_base64, ok);
  if (!ok) {
    problems.push_back(
        {field + ".content_base64", "not_base64", {"is not base64.", "不是合法的 base64。"}});
  }
  return bytes;
}

CommitView commit(Call& call, CommitBody body) {
  std::vector<FieldProblem> problems;
  CommitRequest request;
  request.branch = body.branch;
  request.message = body.message;
  request.author = author_of(call);
  request.time = call.services.clock.now();
  if (body.message.empty()) {
    problems.push_back({"message", "required", {"needs a message.", "请填写提交说明。"}});
  }
  for (std::size_t i = 0; i < body.files.size(); ++i) {
    const std::string field = fmt::format("files[{}]", i);
    request.files.push_back({body.files[i].path, content_of(body.files[i], field, problems), {}});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
  return {
      commit_files(call.services.repositories, call.services.revisions, call.project->id, request)};
}

}  // namespace

void add_code_routes(Operations& operations) {
  const std::string project = "/api/v2/projects/{owner}/{name}";
  operations.push_back(answers<BranchList>(
      {"GET", project + "/branches", Right::read_project, Scope::read, "Branches"}, branches));
  operations.push_back(
      answers<TreeList>({"GET", project + "/tree/{ref}/{path...}", Right::read_project, Scope::read,
                         "A directory of a branch or commit"},
                        tree));
  operations.push_back(responds({"GET", project + "/raw/{ref}/{path...}", Right::read_project,
                                 Scope::read, "A file of a branch or commit"},
                                "text/plain", raw));
  Operation write = takes<CommitBody, CommitView>({"POST",
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
