// Which image a task gets, and how its registry is spoken to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "domain/image.h"
#include "domain/spec.h"
#include "engines/local/images/registry.h"
#include "store/images/images.h"

namespace cloudbrain {

struct ImageChoice {
  ImageId row;               // of the catalogue; 0: an external image
  ImageReference reference;  // of an archive: unused
  std::string digest;        // where it is settled already
  bool from_archive = false;
  RegistryAccess access;

  // Tasks with the same key want the same work done.
  std::string key() const;
};

// Empty for the host image. A request with an AI engine gets the platform image of that engine, or
// the host's own Python on a cluster that simulates. Throws Error missing ("image_missing",
// "engine_missing") and denied ("image_denied") as check_image_choice() tells them.
std::optional<ImageChoice> choose_image(store::Database& database, const Cluster& cluster,
                                        ProjectId project, const TaskRequest& request);

// Everything that can be said at submit: no such image, not for this compute resource or cluster,
// external images not allowed, a reference against the rule, a registry of a private network that
// the administrator has not named. No registry is asked.
std::vector<FieldProblem> check_image_choice(store::Database& database, const Cluster& cluster,
                                             const TaskRequest& request);

// What of a task's image is kept in its folder (image.json), once it is settled.
struct TaskImage {
  std::string digest;
  std::string reference;
};
BOOST_DESCRIBE_STRUCT(TaskImage, (), (digest, reference))

}  // namespace cloudbrain
