// Reads branches, commits, trees and files of the repositories without checking anything out.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "git/hosting/repositories.h"

namespace cloudbrain {

struct Branch {
  std::string name;
  std::string commit;  // 40 hex
  std::string title;   // first line of the commit's message
  std::string author;
  TimePoint committed_at;

  bool operator==(const Branch&) const = default;
};

struct TreeEntry {
  enum class Kind { file, directory, link, submodule };
  std::string name;
  std::string path;  // from the repository's root
  Kind kind = Kind::file;
  bool executable = false;
  std::int64_t size = 0;  // of files and links
};

struct Commit {
  std::string id;
  std::vector<std::string> parents;
  std::string title;
  std::string message;  // all of it, title included
  std::string author_name;
  std::string author_email;
  TimePoint committed_at;
};

// Safe from any thread. Keeps a `git cat-file` process for each of the few repositories used last,
// so that resolve, file_exists, read_file and list_tree cost some tens of microseconds; pushes are
// noticed at once. A repository that does not exist, a branch, commit or path that is not there (or
// is no name at all) gives an empty result; only failures of git itself throw.
class RevisionReader {
 public:
  // At most `processes` idle ones are kept.
  explicit RevisionReader(const Repositories& repositories, std::size_t processes = 8);
  ~RevisionReader();
  RevisionReader(const RevisionReader&) = delete;
  RevisionReader& operator=(const RevisionReader&) = delete;

  // The commit that a branch is at now.
  std::optional<std::string> resolve(ProjectId project, std::string_view branch);
  // The same for a branch or a commit's id, where that is a commit here.
  std::optional<std::string> find_revision(ProjectId project, std::string_view name);
  // A file's object and size, without its bytes.
  struct FileInfo {
    std::string id;
    std::uint64_t size = 0;
  };
  std::optional<FileInfo> find_file(ProjectId project, std::string_view commit,
                                    std::string_view path);
  // True for a regular file (or a link) at `path` in `commit`.
  bool file_exists(ProjectId project, std::string_view commit, std::string_view path);
  // Throws Error too_large ("file_too_large") for one of more than `limit` bytes.
  std::optional<std::string> read_file(ProjectId project, std::string_view commit,
                                       std::string_view path, std::size_t limit = 16U << 20U);
  // Entries of the directory `path` ("" for the root): directories first, each group by name.
  std::optional<std::vector<TreeEntry>> list_tree(ProjectId project, std::string_view commit,
                                                  std::string_view path);

  // What HEAD names, whether or not it has a commit; empty where there is no repository.
  std::string default_branch(ProjectId project);

  // These start a git process each (some milliseconds).
  // All branches, the one committed to last first.
  std::vector<Branch> branches(ProjectId project);
  // From `commit` back, newest first; with a path, only commits that change it.
  std::vector<Commit> log(ProjectId project, std::string_view commit, std::size_t limit,
                          std::size_t skip = 0, std::string_view path = {});

  std::optional<Commit> find_commit(ProjectId project, std::string_view commit);

  // Ends the processes of a repository, before it is removed.
  void forget(ProjectId project);
  // Ends processes that nobody used for this long. Called by the server's sweep.
  void close_idle(std::chrono::seconds older_than = std::chrono::seconds(60));

 private:
  class Pool;
  bool is_commit(ProjectId project, std::string_view commit);

  const Repositories& repositories_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace cloudbrain
