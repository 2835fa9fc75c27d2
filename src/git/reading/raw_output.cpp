#include "git/reading/raw_output.h"

#include <fmt/format.h>

#include "git/git_command.h"

namespace cloudbrain {

ProcessOptions archive_command(const Repositories& repositories, ProjectId project,
                               std::string_view commit, std::string_view folder) {
  return git_process(
      repositories.path(project),
      {"archive", "--format=zip", fmt::format("--prefix={}/", folder), std::string(commit)});
}

ProcessOptions blob_command(const Repositories& repositories, ProjectId project,
                            std::string_view id) {
  return git_process(repositories.path(project), {"cat-file", "blob", std::string(id)});
}

}  // namespace cloudbrain
