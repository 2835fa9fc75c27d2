// Who works on a project besides its owner.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "domain/role.h"
#include "store/database.h"

namespace cloudbrain::store {

struct Member {
  ProjectId project;
  UserId user;
  std::string user_name;  // read from users; ignored when written
  Role role = Role::reader;
  TimePoint added_at;

  bool operator==(const Member&) const = default;
};
BOOST_DESCRIBE_STRUCT(Member, (), (project, user, user_name, role, added_at))

// The owner that the project's own row names is no member: that role can't be lost here.
class Members {
 public:
  explicit Members(Database& database) : database_(database) {}

  std::optional<Role> role_of(ProjectId project, UserId user) const;
  // By name.
  std::vector<Member> list(ProjectId project) const;
  // Adds, or changes the role.
  void set(const Member& member);
  // False where the user was none.
  bool remove(ProjectId project, UserId user);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
