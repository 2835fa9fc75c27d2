// Projects: owner/name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "store/database.h"
#include "store/page.h"

namespace cloudbrain::store {

// The enumerators are the words of the API and the database.
enum class ProjectState { ready, importing, import_failed };
BOOST_DESCRIBE_ENUM(ProjectState, ready, importing, import_failed)

struct Project {
  ProjectId id;
  UserId owner;
  std::string owner_name;  // read from users; ignored when written
  std::string name;        // as typed; unique for its owner without regard to case
  std::string description;
  bool is_private = false;
  TimePoint created_at;
  ProjectState state = ProjectState::ready;
  std::optional<Text> failure;       // of the import
  std::string origin;                // the URL or the example that its code came from
  std::optional<ProjectId> fork_of;  // while that project exists

  bool operator==(const Project&) const = default;
};
BOOST_DESCRIBE_STRUCT(Project, (),
                      (id, owner, owner_name, name, description, is_private, created_at, state,
                       failure, origin, fork_of))

// Which projects a list has.
struct ProjectFilter {
  std::optional<UserId> viewer;  // public ones, and those that this person owns or is a member of
  bool everything = false;       // for an administrator
  bool own = false;              // only those that the viewer owns or is a member of
  std::string owner;             // name; empty: any
  std::string search;            // in name, owner or description; empty: any
};

// A name that a project had before leads to it until another project takes that name.
class Projects {
 public:
  explicit Projects(Database& database) : database_(database) {}

  // Stores all but the id. Throws conflict "name_in_use".
  ProjectId create(const Project& project);
  std::optional<Project> find(ProjectId id) const;
  // Both names without regard to case, present or former.
  std::optional<Project> find(std::string_view owner_name, std::string_view name) const;
  // Newest first.
  std::vector<Project> list(const ProjectFilter& filter, const Page& page) const;
  std::vector<Project> importing() const;
  std::int64_t count_forks(ProjectId id) const;

  // Writes owner, name, description and privacy. Throws conflict "name_in_use". False where there
  // is none.
  bool update(const Project& changed);
  // False where there is none.
  bool set_state(ProjectId id, ProjectState state, const std::optional<Text>& failure);
  // False where there is none. Throws conflict "project_not_empty" while it has tasks or data sets.
  bool remove(ProjectId id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
