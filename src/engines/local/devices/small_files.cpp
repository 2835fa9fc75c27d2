#include "engines/local/devices/small_files.h"

#include <algorithm>

namespace cloudbrain {

std::string small_file(const fs::path& path) {
  try {
    return try_read_file(path).value_or("");
  } catch (const std::exception&) {
    return {};  // there, but not for us
  }
}

std::string field(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) return {};
  std::string_view rest = text.substr(at + label.size());
  rest = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.find_first_not_of(": \t"), rest.size()));
  return std::string(rest);
}

std::vector<fs::path> sorted_entries(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::map<int, std::string> numbered_nodes(const fs::path& root, std::string_view prefix) {
  std::map<int, std::string> nodes;
  for (const fs::path& path : sorted_entries(root / "dev")) {
    const std::string name = path.filename();
    if (!name.starts_with(prefix)) continue;
    const std::string_view digits = std::string_view(name).substr(prefix.size());
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
      continue;
    nodes[number<int>(digits).value_or(0)] = "/dev/" + name;
  }
  return nodes;
}

}  // namespace cloudbrain
