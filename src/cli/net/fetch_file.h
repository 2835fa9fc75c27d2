// One file from the server to the disk, going on where an earlier try ended.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/clock.h"
#include "base/files.h"
#include "cli/net/api.h"

namespace cloudbrain::cli {

// As the server listed it.
struct RemoteFile {
  Path address;
  std::uint64_t size = 0;
  TimePoint modified_at;
};

// A server must not choose where on this machine a file is written: throws Error internal
// ("bad_path") for a listed path that is absolute or climbs.
void need_plain_path(std::string_view listed);

enum class Fetched {
  now,      // whole, with the size and time that were listed
  before,   // was here already with that size and time: nothing was sent
  changed,  // whole, but the server's file is no longer the one that was listed
};

// Bytes go to a hidden file beside `target`, named after path, size and time, so that what an
// earlier run left is used only for the very same file; it becomes `target` at once when it is
// whole. A connection that breaks is tried again a few times. `on_bytes` is told how many bytes of
// the file are here. Throws Error; what has arrived stays for the next run.
Fetched fetch_file(Api& api, const RemoteFile& file, const fs::path& target,
                   const std::function<void(std::uint64_t)>& on_bytes);

}  // namespace cloudbrain::cli
