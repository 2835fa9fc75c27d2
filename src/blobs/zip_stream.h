// A folder as a zip that is made while it is read: no temporary file, a few hundred KB of memory.
#pragma once

#include <memory>
#include <string>

#include "base/files.h"

namespace cloudbrain {

// Stored, not compressed (results are model files that do not shrink), with zip64 and data
// descriptors, so that neither sizes nor checksums need a first pass. Directories come sorted.
//
// The folder may be hostile and may change meanwhile: of each file comes what it holds when its
// turn comes, at most its size at that moment; what vanished is left out; a symbolic link is
// replaced by the regular file it leads to inside the folder and left out otherwise, as are devices
// and pipes. Names that are not UTF-8 are decoded as unpack_archive does.
//
// One owner, one thread at a time.
class ZipStream {
 public:
  // The folder `relative` beneath `root` ("" for the root). Entries are named <prefix>/<path>, or
  // <path> where the prefix is empty; the entry `left_out` of the folder itself is left out. Throws
  // Error missing ("folder_missing").
  ZipStream(const fs::path& root, std::string_view relative, std::string prefix = {},
            std::string_view left_out = {});
  ~ZipStream();
  ZipStream(ZipStream&&) noexcept;
  ZipStream& operator=(ZipStream&&) noexcept;

  // Replaces `piece` by the next bytes, about 256 KiB. False (and an empty piece) at the end.
  // Throws Error where the disk fails; the zip is then cut off, which every reader notices.
  bool read(std::string& piece);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace cloudbrain
