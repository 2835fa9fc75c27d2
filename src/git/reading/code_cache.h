// A commit as plain files, for tasks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/files.h"
#include "base/ids.h"
#include "git/hosting/repositories.h"

namespace cloudbrain {

// Writes the files of `commit` into `destination`, which is made and must not exist. What comes out
// is what `git clone` would leave there, without .git: line endings and encodings as .gitattributes
// says, export-ignore not asked (a person expects all files), links as links, whatever they point
// to (they are never followed), submodules as empty directories. Throws Error missing
// ("commit_missing").
void export_commit(const fs::path& repository, std::string_view commit,
                   const fs::path& destination);

// Exported commits, kept for the next task of the same commit. Lives as long as the server: what an
// earlier run left is removed at start, so that no tree torn by power loss is ever used.
//
// Safe from any thread. One per root.
class CodeCache {
 public:
  // Keeps at most about `limit_bytes`, dropping what was not used for longest.
  CodeCache(fs::path root, const Repositories& repositories,
            std::uint64_t limit_bytes = 2ULL << 30U);
  ~CodeCache();
  CodeCache(const CodeCache&) = delete;
  CodeCache& operator=(const CodeCache&) = delete;

  // Fills `destination` (made where missing; empty) with a copy of the commit's files that belongs
  // to `owner_uid` where given (root only). Several callers may ask for one commit at once: one
  // exports. Throws as export_commit.
  void copy_to(ProjectId project, std::string_view commit, const fs::path& destination,
               std::optional<unsigned> owner_uid = {});

  // Bytes of all trees held now.
  std::uint64_t bytes() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace cloudbrain
