// The files among a task's results that a path stands for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace cloudbrain {

struct ResultFile {
  std::string path;  // relative to the results' root
  std::uint64_t size = 0;

  bool operator==(const ResultFile&) const = default;
};

// `relative` itself where it is a regular file, else all below it, sorted ("" for all there is);
// nullopt where there is nothing of that name inside the root.
//
// The tree may be hostile. What is found is what the results page lists: regular files, and links
// to one inside the root as what they lead to (latest.pt -> epoch3.pt). Links to directories are
// not walked, since they may lead around in a circle; devices, pipes and names that are not UTF-8
// are left out. Throws conflict "too_many_files" where more than `most` files and folders lie
// there.
std::optional<std::vector<ResultFile>> find_result_files(const fs::path& root,
                                                         std::string_view relative,
                                                         std::size_t most);

}  // namespace cloudbrain
