// Reading a directory by its descriptor.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <dirent.h>

#include "base/error.h"
#include "base/files.h"

namespace cloudbrain {

// One owner, one thread. Leaves out "." and "..".
class DirectoryReader {
 public:
  // `directory` is open for reading, not O_PATH; `name` is for messages.
  DirectoryReader(Fd directory, std::string_view name) : stream_(::fdopendir(directory.get())) {
    if (!stream_) throw_errno("fdopendir", name);
    directory.release();
  }

  int fd() const { return ::dirfd(stream_.get()); }

  // The next entry, until the next call; nullptr at the end.
  const dirent* next() {
    while (const dirent* entry = ::readdir(stream_.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") return entry;
    }
    return nullptr;
  }

 private:
  struct Close {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };
  std::unique_ptr<DIR, Close> stream_;
};

}  // namespace cloudbrain
