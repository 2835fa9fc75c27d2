// What a folder holds, for the results page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/files.h"

namespace cloudbrain {

struct ListedEntry {
  std::string path;       // relative to the root that was asked for
  std::int64_t size = 0;  // 0 for directories
  TimePoint modified_at;
  bool dir = false;

  bool operator==(const ListedEntry&) const = default;
};
BOOST_DESCRIBE_STRUCT(ListedEntry, (), (path, size, modified_at, dir))

// The entries of the directory `relative` beneath `root` ("" for the root), not of those below it,
// sorted by name. Nullopt where there is no such directory inside the root.
//
// Only what can be fetched by its path is listed: regular files and directories; links that lead to
// one inside the root, as what they lead to; names that are UTF-8. Safe for trees that hostile code
// fills meanwhile. Any thread.
std::optional<std::vector<ListedEntry>> list_directory(const fs::path& root,
                                                       std::string_view relative);

struct ListedPage {
  std::vector<ListedEntry> entries;
  std::optional<std::string> next;  // the name to go on after; empty at the end
};

// A part of the same: at most `limit` entries whose names come after `after` ("": from the start).
// Only they are looked at, so a page of a directory of 60,000 files costs little more than reading
// their names.
std::optional<ListedPage> list_directory_page(const fs::path& root, std::string_view relative,
                                              std::string_view after, std::size_t limit);

}  // namespace cloudbrain
