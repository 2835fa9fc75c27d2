#include "store/projects.h"

#include "store/sqlite/project_rows.h"
#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

[[noreturn]] void throw_name_in_use(const Project& project) {
  throw Error(ErrorKind::conflict, "name_in_use",
              {fmt::format("This owner already has a project named \"{}\".", project.name),
               fmt::format("该所有者已有名为“{}”的项目。", project.name)},
              {"Choose another name.", "请换一个名称。"});
}

// Whoever has a name now has it for good: it no longer leads to its former holder.
void take_name(Connection& connection, ProjectId id) {
  change(connection,
         "DELETE FROM project_names WHERE (lower(owner_name), lower(name)) = "
         "(SELECT lower(u.name), lower(p.name) FROM projects p JOIN users u ON u.id = p.owner_id "
         "WHERE p.id = :id)",
         id);
}

void leave_name(Connection& connection, ProjectId id) {
  change(connection,
         "INSERT INTO project_names (owner_name, name, project_id) "
         "SELECT u.name, p.name, p.id FROM projects p JOIN users u ON u.id = p.owner_id "
         "WHERE p.id = :id ON CONFLICT DO NOTHING",
         id);
}

}  // namespace

ProjectId Projects::create(const Project& project) {
  Writing writing(database_);
  const auto id = value<ProjectId>(
      writing.connection(),
      "INSERT INTO projects (owner_id, name, description, is_private, created_at, state, origin, "
      "fork_of) VALUES (:owner_id, :name, :description, :is_private, :created_at, :state, "
      ":origin, :fork_of) ON CONFLICT (owner_id, lower(name)) DO NOTHING RETURNING id",
      project.owner, project.name, project.description, project.is_private, project.created_at,
      project.state, project.origin, project.fork_of.value_or(ProjectId{}));
  if (!id) throw_name_in_use(project);
  take_name(writing.connection(), *id);
  writing.commit();
  return *id;
}

std::optional<Project> Projects::find(ProjectId id) const {
  Reading reading(database_);
  return row<Project>(reading.connection(), kSelectProject + "WHERE p.id = :id", id);
}

std::optional<Project> Projects::find(std::string_view owner_name, std::string_view name) const {
  Reading reading(database_);
  auto found = row<Project>(
      reading.connection(),
      kSelectProject + "WHERE lower(u.name) = lower(:owner_name) AND lower(p.name) = lower(:name)",
      owner_name, name);
  if (found) return found;
  return row<Project>(reading.connection(),
                      kSelectProject +
                          "WHERE p.id = (SELECT project_id FROM project_names WHERE "
                          "lower(owner_name) = lower(:owner_name) AND lower(name) = lower(:name))",
                      owner_name, name);
}

std::vector<Project> Projects::importing() const {
  Reading reading(database_);
  return rows<Project>(reading.connection(), kSelectProject + "WHERE p.state = 'importing'");
}

std::int64_t Projects::count_forks(ProjectId id) const {
  Reading reading(database_);
  return value<long long>(reading.connection(), "SELECT count(*) FROM projects WHERE fork_of = :id",
                          id)
      .value_or(0);
}

bool Projects::update(const Project& changed) {
  Writing writing(database_);
  const auto other = value<ProjectId>(
      writing.connection(),
      "SELECT id FROM projects WHERE owner_id = :owner AND lower(name) = lower(:name) AND "
      "id <> :id",
      changed.owner, changed.name, changed.id);
  if (other) throw_name_in_use(changed);
  leave_name(writing.connection(), changed.id);
  const auto count =
      change(writing.connection(),
             "UPDATE projects SET owner_id = :owner, name = :name, description = :description, "
             "is_private = :is_private WHERE id = :id",
             changed.owner, changed.name, changed.description, changed.is_private, changed.id);
  take_name(writing.connection(), changed.id);
  writing.commit();
  return count == 1;
}

bool Projects::set_state(ProjectId id, ProjectState state, const std::optional<Text>& failure) {
  Writing writing(database_);
  const auto count =
      change(writing.connection(),
             "UPDATE projects SET state = :state, failure_json = :failure WHERE id = :id", state,
             failure, id);
  writing.commit();
  return count == 1;
}

bool Projects::remove(ProjectId id) {
  Writing writing(database_);
  const bool is_empty =
      !value<int>(writing.connection(), "SELECT 1 FROM tasks WHERE project_id = :id LIMIT 1", id) &&
      !value<int>(writing.connection(), "SELECT 1 FROM datasets WHERE project_id = :id LIMIT 1",
                  id) &&
      !value<int>(writing.connection(), "SELECT 1 FROM models WHERE project_id = :id LIMIT 1", id);
  if (!is_empty) {
    throw Error(
        ErrorKind::conflict, "project_not_empty",
        {"The project still has tasks, data sets or models.", "该项目中仍有任务、数据集或模型。"},
        {"Delete them first.", "请先删除它们。"});
  }
  const auto removed = change(writing.connection(), "DELETE FROM projects WHERE id = :id", id);
  writing.commit();
  return removed == 1;
}

}  // namespace cloudbrain::store
