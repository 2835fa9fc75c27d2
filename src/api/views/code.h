// A project's code: branches, trees, files, commits, the parameters of a boot file. See
// api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

struct BranchView {
  std::string name;
  std::string commit;
  std::string title;  // of the commit
  std::string author;
  TimePoint committed_at;
  bool default_ = false;
};
BOOST_DESCRIBE_STRUCT(BranchView, (), (name, commit, title, author, committed_at, default_))

struct BranchList {
  std::vector<BranchView> items;
};
BOOST_DESCRIBE_STRUCT(BranchList, (), (items))

struct BranchBody {
  std::string name;
  std::string from;  // a branch or a commit
  static constexpr std::array<std::string_view, 2> kRequired{"name", "from"};
};
BOOST_DESCRIBE_STRUCT(BranchBody, (), (name, from))

enum class TreeEntryKind { file, directory, link, submodule };
BOOST_DESCRIBE_ENUM(TreeEntryKind, file, directory, link, submodule)

struct TreeEntryView {
  std::string name;
  std::string path;  // from the repository's root
  TreeEntryKind kind = TreeEntryKind::file;
  std::int64_t size = 0;  // of files and links
  bool dir = false;
  bool executable = false;
};
BOOST_DESCRIBE_STRUCT(TreeEntryView, (), (name, path, kind, size, dir, executable))

struct TreeView {
  std::string commit;
  std::string path;
  std::vector<TreeEntryView> items;  // directories first
};
BOOST_DESCRIBE_STRUCT(TreeView, (), (commit, path, items))

// How a file is to be shown.
enum class FileKind { text, markdown, notebook, image, binary, too_large };
BOOST_DESCRIBE_ENUM(FileKind, text, markdown, notebook, image, binary, too_large)

struct FileView {
  std::string path;
  std::string name;
  std::int64_t size = 0;
  std::string commit;
  FileKind kind = FileKind::binary;
  std::optional<std::string> content;  // of text, markdown and notebook
  std::string media_type;              // as its raw bytes are served
};
BOOST_DESCRIBE_STRUCT(FileView, (), (path, name, size, commit, kind, content, media_type))

struct CommitView {
  std::string id;
  std::string title;    // the message's first line
  std::string message;  // all of it
  std::string author;
  std::string email;
  TimePoint committed_at;
  std::vector<std::string> parents;
};
BOOST_DESCRIBE_STRUCT(CommitView, (), (id, title, message, author, email, committed_at, parents))

struct CommitPage : Page<CommitView> {};
BOOST_DESCRIBE_STRUCT(CommitPage, (), (items, next))

enum class FileDiffStatus { added, modified, deleted, renamed };
BOOST_DESCRIBE_ENUM(FileDiffStatus, added, modified, deleted, renamed)

struct FileDiffView {
  std::string path;
  std::optional<std::string> old_path;  // of renamed
  FileDiffStatus status = FileDiffStatus::modified;
  std::int64_t additions = 0;
  std::int64_t deletions = 0;
  bool binary = false;               // also a file that is too large to compare
  std::optional<std::string> patch;  // unified hunks; null where left out
};
BOOST_DESCRIBE_STRUCT(FileDiffView, (),
                      (path, old_path, status, additions, deletions, binary, patch))

// A commit beside its first parent.
struct CommitDiffView {
  CommitView commit;
  std::vector<FileDiffView> files;
  std::int64_t additions = 0;  // of the files told
  std::int64_t deletions = 0;
  bool cut = false;  // there are more files, or a patch was left out
};
BOOST_DESCRIBE_STRUCT(CommitDiffView, (), (commit, files, additions, deletions, cut))

struct FileChangeBody {
  std::string path;
  std::optional<std::string> content;         // UTF-8 text
  std::optional<std::string> content_base64;  // any bytes
  bool delete_ = false;
  static constexpr std::array<std::string_view, 1> kRequired{"path"};
};
BOOST_DESCRIBE_STRUCT(FileChangeBody, (), (path, content, content_base64, delete_))

struct CommitBody {
  std::string branch = "main";
  std::string message;
  std::vector<FileChangeBody> files;
  std::optional<std::string> expected_head;  // refuse where the branch is anywhere else
  std::optional<std::string> new_branch;     // the commit goes there; `branch` stays
  static constexpr std::array<std::string_view, 2> kRequired{"message", "files"};
};
BOOST_DESCRIBE_STRUCT(CommitBody, (), (branch, message, files, expected_head, new_branch))

struct NewCommitView {
  std::string commit;
};
BOOST_DESCRIBE_STRUCT(NewCommitView, (), (commit))

struct BootParamView {
  std::string name;                     // of --name
  std::optional<std::string> type;      // int, float, str, bool; null: something else
  std::optional<std::string> default_;  // as text
  std::optional<std::string> help;
  std::vector<std::string> choices;
  bool required = false;
  bool flag = false;  // stands alone, without a value
};
BOOST_DESCRIBE_STRUCT(BootParamView, (), (name, type, default_, help, choices, required, flag))

// What a boot file's argparse definitions say, without running it.
struct BootParamsView {
  std::vector<BootParamView> params;
  // True where the script calls parse_known_args, and so bears parameters it does not know.
  bool parses_known_only = false;
};
BOOST_DESCRIBE_STRUCT(BootParamsView, (), (params, parses_known_only))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_CODE_VIEWS(X) \
  X(BranchView) X(BranchList) X(BranchBody) X(TreeEntryView) X(TreeView) X(FileView) X(CommitView) \
  X(CommitPage) X(FileDiffView) X(CommitDiffView) X(FileChangeBody) X(CommitBody) \
  X(NewCommitView) X(BootParamView) X(BootParamsView)
// clang-format on

}  // namespace cloudbrain::api
