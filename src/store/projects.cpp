#include "store/projects.h"

#include <limits>

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect =
    "SELECT p.id, p.owner_id, u.name, p.name, p.description, p.is_private, p.created_at "
    "FROM projects p JOIN users u ON u.id = p.owner_id ";

long long before(const Page& page) {
  return page.after == 0 ? std::numeric_limits<long long>::max() : page.after;
}

}  // namespace

ProjectId Projects::create(const Project& project) {
  Writing writing(database_);
  const auto id = value<ProjectId>(
      writing.connection(),
      "INSERT INTO projects (owner_id, name, description, is_private, created_at) "
      "VALUES (:owner_id, :name, :description, :is_private, :created_at) "
      "ON CONFLICT (owner_id, lower(name)) DO NOTHING RETURNING id",
      project.owner, project.name, project.description, project.is_private, project.created_at);
  if (!id) {
    throw Error(ErrorKind::conflict, "name_in_use",
                {fmt::format("This owner already has a project named \"{}\".", project.name),
                 fmt::format("该所有者已有名为“{}”的项目。", project.name)},
                {"Choose another name.", "请换一个名称。"});
  }
  writing.commit();
  return *id;
}

std::optional<Project> Projects::find(ProjectId id) const {
  Reading reading(database_);
  return row<Project>(reading.connection(), kSelect + "WHERE p.id = :id", id);
}

std::optional<Project> Projects::find(std::string_view owner_name, std::string_view name) const {
  Reading reading(database_);
  return row<Project>(
      reading.connection(),
      kSelect + "WHERE lower(u.name) = lower(:owner_name) AND lower(p.name) = lower(:name)",
      owner_name, name);
}

// Each branch walks its own index backwards; together they are at most twice the page. A public
// project of the viewer would be in both, so the second takes the private ones alone.
std::vector<Project> Projects::list_visible(std::optional<UserId> viewer, const Page& page) const {
  Reading reading(database_);
  return rows<Project>(
      reading.connection(),
      kSelect +
          "WHERE p.id IN ("
          "SELECT id FROM (SELECT id FROM projects WHERE is_private = 0 AND id < :before_public "
          "ORDER BY id DESC LIMIT :limit_public) AS public_ones UNION ALL "
          "SELECT id FROM (SELECT id FROM projects WHERE owner_id = :viewer AND is_private = 1 "
          "AND id < :before_own ORDER BY id DESC LIMIT :limit_own) AS own) "
          "ORDER BY p.id DESC LIMIT :limit_all",
      before(page), page.limit, viewer.value_or(UserId{}), before(page), page.limit, page.limit);
}

std::vector<Project> Projects::list_all(const Page& page) const {
  Reading reading(database_);
  return rows<Project>(reading.connection(),
                       kSelect + "WHERE p.id < :before ORDER BY p.id DESC LIMIT :limit",
                       before(page), page.limit);
}

bool Projects::remove(ProjectId id) {
  Writing writing(database_);
  const bool is_empty =
      !value<int>(writing.connection(), "SELECT 1 FROM tasks WHERE project_id = :id LIMIT 1", id) &&
      !value<int>(writing.connection(), "SELECT 1 FROM datasets WHERE project_id = :id LIMIT 1",
                  id);
  if (!is_empty) {
    throw Error(ErrorKind::conflict, "project_not_empty",
                {"The project still has tasks or data sets.", "该项目中仍有任务或数据集。"},
                {"Delete them first.", "请先删除它们。"});
  }
  const auto removed = change(writing.connection(), "DELETE FROM projects WHERE id = :id", id);
  writing.commit();
  return removed == 1;
}

}  // namespace cloudbrain::store
