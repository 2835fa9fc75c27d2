// Projects: owner/name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "store/database.h"
#include "store/page.h"

namespace cloudbrain::store {

struct Project {
  ProjectId id;
  UserId owner;
  std::string owner_name;  // read from users; ignored when written
  std::string name;        // as typed; unique for its owner without regard to case
  std::string description;
  bool is_private = false;
  TimePoint created_at;

  bool operator==(const Project&) const = default;
};
BOOST_DESCRIBE_STRUCT(Project, (),
                      (id, owner, owner_name, name, description, is_private, created_at))

class Projects {
 public:
  explicit Projects(Database& database) : database_(database) {}

  // Stores all but the id. Throws conflict "name_in_use".
  ProjectId create(const Project& project);
  std::optional<Project> find(ProjectId id) const;
  // Both names without regard to case.
  std::optional<Project> find(std::string_view owner_name, std::string_view name) const;
  // Public ones and the viewer's own, newest first; without a viewer only the public ones.
  std::vector<Project> list_visible(std::optional<UserId> viewer, const Page& page) const;
  // Every project: for an administrator.
  std::vector<Project> list_all(const Page& page) const;
  // False where there is none. Throws conflict "project_not_empty" while it has tasks or data sets.
  bool remove(ProjectId id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
