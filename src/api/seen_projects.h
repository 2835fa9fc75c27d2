// Which projects a caller may see, where an answer names projects of others.
#pragma once

#include <map>
#include <string>

#include "api/operation.h"

namespace cloudbrain::api {

// Of one call, which outlives it; each project is looked at once.
class SeenProjects {
 public:
  explicit SeenProjects(const Call& call);

  // "owner/name"; empty where it is hidden.
  const std::string& name(ProjectId id);

 private:
  const Call& call_;
  store::Projects projects_;
  std::map<ProjectId, std::string> names_;
};

}  // namespace cloudbrain::api
