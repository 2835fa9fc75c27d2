#include "api/seen_projects.h"

#include "api/project_view.h"
#include "api/services.h"

namespace cloudbrain::api {

SeenProjects::SeenProjects(const Call& call) : call_(call), projects_(call.services.database) {}

const std::string& SeenProjects::name(ProjectId id) {
  const auto [seen, is_new] = names_.try_emplace(id);
  if (is_new) {
    const auto project = projects_.find(id);
    if (project && (!project->is_private || role_in(call_, *project))) {
      seen->second = full_name(*project);
    }
  }
  return seen->second;
}

}  // namespace cloudbrain::api
