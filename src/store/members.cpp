#include "store/members.h"

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

std::optional<Role> Members::role_of(ProjectId project, UserId user) const {
  Reading reading(database_);
  return value<Role>(
      reading.connection(),
      "SELECT role FROM project_members WHERE project_id = :project AND user_id = :user", project,
      user);
}

std::vector<Member> Members::list(ProjectId project) const {
  Reading reading(database_);
  return rows<Member>(reading.connection(),
                      "SELECT m.project_id, m.user_id, u.name, m.role, m.added_at "
                      "FROM project_members m JOIN users u ON u.id = m.user_id "
                      "WHERE m.project_id = :project ORDER BY lower(u.name)",
                      project);
}

void Members::set(const Member& member) {
  Writing writing(database_);
  change(writing.connection(),
         "INSERT INTO project_members (project_id, user_id, role, added_at) "
         "VALUES (:project_id, :user_id, :role, :added_at) "
         "ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role",
         member.project, member.user, member.role, member.added_at);
  writing.commit();
}

bool Members::remove(ProjectId project, UserId user) {
  Writing writing(database_);
  const auto removed = change(
      writing.connection(),
      "DELETE FROM project_members WHERE project_id = :project AND user_id = :user", project, user);
  writing.commit();
  return removed == 1;
}

}  // namespace cloudbrain::store
