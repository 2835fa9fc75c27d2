#include "store/models/models.h"

#include <limits>

#include <fmt/ranges.h>

#include "domain/names.h"
#include "store/models/model_rows.h"
#include "store/sqlite/search.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect =
    "SELECT m.id, m.project_id, o.name, p.name, m.name, m.description, m.framework, m.is_public, "
    "m.creator_id, c.name, m.created_at, "
    "(SELECT count(*) FROM model_versions n WHERE n.model_id = m.id), "
    "(SELECT max(n.number) FROM model_versions n WHERE n.model_id = m.id) "
    "FROM models m JOIN projects p ON p.id = m.project_id JOIN users o ON o.id = p.owner_id "
    "JOIN users c ON c.id = m.creator_id ";

[[noreturn]] void throw_name_in_use(const Model& model) {
  throw Error(ErrorKind::conflict, "model_name_in_use",
              {fmt::format("The project already has a model named \"{}\".", model.name),
               fmt::format("该项目已有名为“{}”的模型。", model.name)},
              {"Add a version to it, or choose another name.", "请为其添加新版本，或换一个名称。"});
}

}  // namespace

void refuse_while_used(Connection& connection, const std::string& versions, std::int64_t id) {
  const auto tasks = rows<std::string>(
      connection,
      "SELECT DISTINCT t.name FROM task_models tm JOIN tasks t ON t.id = tm.task_id "
      "WHERE tm.version_id IN (" +
          versions + ") AND " + kLiveTask + "ORDER BY t.name",
      static_cast<long long>(id));
  if (tasks.empty()) return;
  throw Error(ErrorKind::conflict, "model_in_use",
              {fmt::format("Tasks that have not ended use this model: {}.", fmt::join(tasks, ", ")),
               fmt::format("以下尚未结束的任务正在使用该模型：{}。", fmt::join(tasks, "、"))},
              {"Wait until they have ended, or stop them.", "请等待它们结束，或先停止它们。"});
}

std::vector<std::string> contents_of(Connection& connection, const std::string& versions,
                                     std::int64_t id) {
  return rows<std::string>(
      connection,
      "SELECT DISTINCT sha256 FROM model_files WHERE sha256 <> '' AND version_id IN (" + versions +
          ")",
      static_cast<long long>(id));
}

ModelId Models::create(const Model& model) {
  Writing writing(database_);
  const auto id =
      value<ModelId>(writing.connection(),
                     "INSERT INTO models (project_id, name, description, framework, is_public, "
                     "creator_id, created_at) VALUES (:project_id, :name, :description, "
                     ":framework, :is_public, :creator_id, :created_at) "
                     "ON CONFLICT (project_id, lower(name)) DO NOTHING RETURNING id",
                     model.project, model.name, model.description, model.framework, model.is_public,
                     model.creator, model.created_at);
  if (!id) throw_name_in_use(model);
  writing.commit();
  return *id;
}

std::optional<Model> Models::find(ModelId id) const {
  Reading reading(database_);
  return row<Model>(reading.connection(), kSelect + "WHERE m.id = :id", id);
}

std::optional<Model> Models::find(ProjectId project, std::string_view name) const {
  Reading reading(database_);
  return row<Model>(reading.connection(),
                    kSelect + "WHERE m.project_id = :project_id AND lower(m.name) = lower(:name)",
                    project, name);
}

std::vector<Model> Models::list(const ModelFilter& filter, const Page& page) const {
  std::string where = "WHERE m.id < :before ";
  Arguments arguments;
  arguments.add("before", page.after == 0 ? std::numeric_limits<long long>::max()
                                          : static_cast<long long>(page.after));
  arguments.add("limit", static_cast<long long>(page.limit));
  if (filter.project) {
    where += "AND m.project_id = :project ";
    arguments.add("project", static_cast<long long>(filter.project->value));
  }
  if (filter.public_only) where += "AND m.is_public = 1 AND p.is_private = 0 ";
  if (!filter.search.empty()) {
    where +=
        "AND lower(m.name || ' ' || m.framework || ' ' || m.description) LIKE :search "
        "ESCAPE '\\' ";
    arguments.add("search", like_pattern(lower_case(filter.search)));
  }
  Reading reading(database_);
  return rows<Model>(reading.connection(), kSelect + where + "ORDER BY m.id DESC LIMIT :limit",
                     arguments);
}

bool Models::update(const Model& changed) {
  Writing writing(database_);
  const auto other = value<ModelId>(
      writing.connection(),
      "SELECT id FROM models WHERE project_id = :project AND lower(name) = lower(:name) AND "
      "id <> :id",
      changed.project, changed.name, changed.id);
  if (other) throw_name_in_use(changed);
  const auto updated =
      change(writing.connection(),
             "UPDATE models SET name = :name, description = :description, framework = :framework, "
             "is_public = :is_public WHERE id = :id",
             changed.name, changed.description, changed.framework, changed.is_public, changed.id);
  writing.commit();
  return updated == 1;
}

std::optional<RemovedModel> Models::remove(ModelId id) {
  static const std::string kVersions = "SELECT v.id FROM model_versions v WHERE v.model_id = :id";
  Writing writing(database_);
  Connection& connection = writing.connection();
  refuse_while_used(connection, kVersions, id.value);
  RemovedModel removed{rows<ModelVersionId>(connection, kVersions, id),
                       contents_of(connection, kVersions, id.value)};
  if (change(connection, "DELETE FROM models WHERE id = :id", id) == 0) return std::nullopt;
  writing.commit();
  return removed;
}

}  // namespace cloudbrain::store
