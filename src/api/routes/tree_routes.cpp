// Directories and files of a commit, as people look at them.
#include "api/code_call.h"
#include "api/routes.h"

namespace cloudbrain::api {

namespace {

constexpr std::size_t kShown = 1U << 20U;  // of text
constexpr std::size_t kLargestImage = 16U << 20U;

TreeEntryKind view_of(TreeEntry::Kind kind) {
  switch (kind) {
    case TreeEntry::Kind::file:
      return TreeEntryKind::file;
    case TreeEntry::Kind::directory:
      return TreeEntryKind::directory;
    case TreeEntry::Kind::link:
      return TreeEntryKind::link;
    case TreeEntry::Kind::submodule:
      return TreeEntryKind::submodule;
  }
  return TreeEntryKind::file;
}

TreeView tree(Call& call) {
  TreeView view;
  view.path = call.request.arg("path");
  while (view.path.ends_with('/')) view.path.pop_back();
  view.commit = revision_of(call, call.request.arg("ref"));
  auto entries = call.services.revisions.list_tree(call.project->id, view.commit, view.path);
  if (!entries) throw path_missing(view.path);
  view.items.reserve(entries->size());
  for (TreeEntry& entry : *entries) {
    view.items.push_back({std::move(entry.name), std::move(entry.path), view_of(entry.kind),
                          entry.size, entry.kind == TreeEntry::Kind::directory, entry.executable});
  }
  return view;
}

// Empty where there is no file at `path`.
std::optional<FileView> file_at(Call& call, const std::string& commit, const std::string& path) {
  RevisionReader& revisions = call.services.revisions;
  const auto info = revisions.find_file(call.project->id, commit, path);
  if (!info) return std::nullopt;
  FileView view;
  view.path = path;
  view.name = path.substr(path.rfind('/') + 1);
  view.size = static_cast<std::int64_t>(info->size);
  view.commit = commit;
  view.kind = FileKind::too_large;
  view.media_type = "application/octet-stream";
  if (info->size > kLargestImage) return view;
  auto bytes = revisions.read_file(call.project->id, commit, path, kLargestImage);
  if (!bytes) return std::nullopt;
  const FileType type = type_of(view.name, *bytes);
  view.media_type = type.media_type;
  view.kind = type.kind;
  if (type.kind == FileKind::image || type.kind == FileKind::binary) return view;
  if (bytes->size() > kShown) {
    view.kind = FileKind::too_large;
  } else {
    view.content = std::move(bytes);
  }
  return view;
}

FileView file(Call& call) {
  const std::string& path = call.request.arg("path");
  auto view = file_at(call, revision_of(call, call.request.arg("ref")), path);
  if (!view) throw path_missing(path);
  return std::move(*view);
}

Error readme_missing() {
  return Error(ErrorKind::missing, "readme_missing", {"There is no README.", "没有 README 文件。"});
}

// The first of these that the root has, the reader's language first.
FileView readme(Call& call) {
  const auto ref = call.request.query("ref");
  RevisionReader& revisions = call.services.revisions;
  const std::string branch =
      ref && !ref->empty() ? std::string(*ref) : revisions.default_branch(call.project->id);
  const auto commit = revisions.find_revision(call.project->id, branch);
  if (!commit) throw readme_missing();
  std::vector<std::string> names{"README.md",  "readme.md",    "Readme.md",       "README",
                                 "README.txt", "README.en.md", "README.zh-CN.md", "README.zh.md"};
  if (call.request.wants_chinese()) std::ranges::rotate(names, names.end() - 2);
  for (const std::string& name : names) {
    if (auto view = file_at(call, *commit, name)) return std::move(*view);
  }
  throw readme_missing();
}

}  // namespace

void add_tree_routes(Operations& operations) {
  const std::string project(kProjectPath);
  operations.push_back(
      answers<TreeView>({"GET", project + "/tree/{ref}/{path...}", Right::read_project, Scope::read,
                         "A directory of a branch or commit"},
                        tree));
  operations.push_back(
      answers<FileView>({"GET", project + "/file/{ref}/{path...}", Right::read_project, Scope::read,
                         "A file of a branch or commit, with what it is"},
                        file));
  operations.push_back(answers<FileView>({"GET",
                                          project + "/readme",
                                          Right::read_project,
                                          Scope::read,
                                          "The README, in the reader's language where there is one",
                                          {"ref"}},
                                         readme));
}

}  // namespace cloudbrain::api
