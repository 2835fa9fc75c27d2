// One `git cat-file --batch-command` process: answers about objects without starting git anew.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/process.h"

namespace cloudbrain {

struct ObjectInfo {
  std::string id;
  std::string type;  // commit, tree, blob, tag
  std::uint64_t size = 0;
};

// git looks at the references anew for each question and at the packs anew where it does not find
// an object, so that a push is noticed at once. Names are of the form "refs/heads/x" or
// "<id>:<path>" and hold no newline. One owner, one thread at a time; a call that throws leaves it
// unusable.
class CatFile {
 public:
  explicit CatFile(const fs::path& repository);

  std::optional<ObjectInfo> info(std::string_view name);
  // In the order of `names`.
  std::vector<std::optional<ObjectInfo>> infos(std::span<const std::string> names);

  struct Object {
    ObjectInfo info;
    std::string bytes;
  };
  std::optional<Object> object(std::string_view name);

 private:
  void ask(std::string_view questions);
  std::string read_line();
  std::string read_bytes(std::size_t count);
  void fill();
  std::optional<ObjectInfo> read_info();

  ChildProcess git_;
  std::string buffer_;  // read and not used yet, from start_
  std::size_t start_ = 0;
};

}  // namespace cloudbrain
