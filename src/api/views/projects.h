// Projects and their code. See api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

struct ProjectBody {
  std::string name;
  std::string description;
  bool private_ = false;
  static constexpr std::array<std::string_view, 1> kRequired{"name"};
};
BOOST_DESCRIBE_STRUCT(ProjectBody, (), (name, description, private_))

struct ProjectView {
  std::int64_t id = 0;
  std::string owner;
  std::string name;
  std::string description;
  bool private_ = false;
  std::string clone_path;  // "/owner/name.git", below the server's own address
  TimePoint created_at;
};
BOOST_DESCRIBE_STRUCT(ProjectView, (),
                      (id, owner, name, description, private_, clone_path, created_at))

struct BranchView {
  std::string name;
  std::string commit;
  bool default_ = false;
};
BOOST_DESCRIBE_STRUCT(BranchView, (), (name, commit, default_))

struct TreeEntryView {
  std::string path;
  std::int64_t size = 0;
  bool dir = false;
};
BOOST_DESCRIBE_STRUCT(TreeEntryView, (), (path, size, dir))

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
  static constexpr std::array<std::string_view, 2> kRequired{"message", "files"};
};
BOOST_DESCRIBE_STRUCT(CommitBody, (), (branch, message, files))

struct CommitView {
  std::string commit;
};
BOOST_DESCRIBE_STRUCT(CommitView, (), (commit))

struct ProjectPage : Page<ProjectView> {};
BOOST_DESCRIBE_STRUCT(ProjectPage, (), (items, next))

struct BranchList {
  std::vector<BranchView> items;
};
BOOST_DESCRIBE_STRUCT(BranchList, (), (items))

struct TreeList {
  std::vector<TreeEntryView> items;
};
BOOST_DESCRIBE_STRUCT(TreeList, (), (items))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_PROJECT_VIEWS(X) \
  X(ProjectBody) X(ProjectView) X(BranchView) X(TreeEntryView) X(FileChangeBody) X(CommitBody) \
  X(CommitView) X(ProjectPage) X(BranchList) X(TreeList)
// clang-format on

}  // namespace cloudbrain::api
