#include "store/datasets.h"

#include <fmt/ranges.h>

#include "store/sqlite/statement.h"
#include "store/sqlite/task_rows.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect =
    "SELECT d.id, d.project_id, d.name, d.folder, d.sha256, d.size_bytes, d.state, d.progress, "
    "d.failure_json, d.files, d.creator_id, d.created_at, d.is_public FROM datasets d ";

// After kSelect: what :project links.
const std::string kLinked =
    "JOIN dataset_links l ON l.dataset_id = d.id JOIN projects p ON p.id = d.project_id "
    "WHERE l.project_id = :project AND d.is_public = 1 AND p.is_private = 0 ";

void refuse_while_used(Connection& connection, DatasetId id) {
  const auto tasks = rows<std::string>(
      connection,
      "SELECT DISTINCT t.name FROM datasets d JOIN task_datasets td ON td.sha256 = d.sha256 "
      "AND td.name = d.name JOIN tasks t ON t.id = td.task_id "
      "WHERE d.id = :id AND (t.project_id = d.project_id OR EXISTS (SELECT 1 FROM dataset_links l "
      "WHERE l.dataset_id = d.id AND l.project_id = t.project_id)) AND " +
          kLiveTask + "ORDER BY t.name",
      id);
  if (tasks.empty()) return;
  throw Error(
      ErrorKind::conflict, "dataset_in_use",
      {fmt::format("Tasks that have not ended use this data set: {}.", fmt::join(tasks, ", ")),
       fmt::format("以下尚未结束的任务正在使用该数据集：{}。", fmt::join(tasks, "、"))},
      {"Wait until they have ended, or stop them.", "请等待它们结束，或先停止它们。"});
}

}  // namespace

DatasetId Datasets::insert(const Dataset& dataset) {
  Writing writing(database_);
  const auto id = value<DatasetId>(
      writing.connection(),
      "INSERT INTO datasets (project_id, name, folder, sha256, size_bytes, state, progress, "
      "failure_json, files, creator_id, created_at) VALUES (:project_id, :name, :folder, :sha256, "
      ":size_bytes, :state, :progress, :failure, :files, :creator_id, :created_at) "
      "ON CONFLICT (project_id, name) DO NOTHING RETURNING id",
      dataset.project, dataset.name, dataset.folder, dataset.sha256, dataset.size_bytes,
      dataset.state, dataset.progress, dataset.failure, dataset.files, dataset.creator,
      dataset.created_at);
  if (!id) {
    throw Error(ErrorKind::conflict, "dataset_name_in_use",
                {fmt::format("The project already has a data set named \"{}\".", dataset.name),
                 fmt::format("该项目已有名为“{}”的数据集。", dataset.name)},
                {"Delete it first, or choose another name.", "请先删除它，或换一个名称。"});
  }
  writing.commit();
  return *id;
}

std::optional<Dataset> Datasets::find(DatasetId id) const {
  Reading reading(database_);
  return row<Dataset>(reading.connection(), kSelect + "WHERE d.id = :id", id);
}

std::optional<Dataset> Datasets::find(ProjectId project, std::string_view name) const {
  Reading reading(database_);
  return row<Dataset>(reading.connection(),
                      kSelect + "WHERE d.project_id = :project_id AND d.name = :name", project,
                      name);
}

std::vector<Dataset> Datasets::list(ProjectId project) const {
  Reading reading(database_);
  return rows<Dataset>(reading.connection(),
                       kSelect + "WHERE d.project_id = :project_id ORDER BY d.id DESC", project);
}

std::optional<Dataset> Datasets::find_usable(ProjectId project, std::string_view name) const {
  if (auto own = find(project, name)) return own;
  Reading reading(database_);
  return row<Dataset>(reading.connection(),
                      kSelect + kLinked + "AND d.name = :name ORDER BY d.id LIMIT 1", project,
                      name);
}

std::vector<Dataset> Datasets::linked(ProjectId project) const {
  Reading reading(database_);
  return rows<Dataset>(reading.connection(), kSelect + kLinked + "ORDER BY d.id DESC", project);
}

std::vector<Dataset> Datasets::unfinished() const {
  Reading reading(database_);
  return rows<Dataset>(reading.connection(),
                       kSelect + "WHERE d.state IN ('waiting', 'unpacking') ORDER BY d.id");
}

bool Datasets::update(const Dataset& changed) {
  Writing writing(database_);
  const auto updated =
      change(writing.connection(),
             "UPDATE datasets SET state = :state, progress = :progress, "
             "failure_json = :failure, files = :files WHERE id = :id",
             changed.state, changed.progress, changed.failure, changed.files, changed.id);
  writing.commit();
  return updated == 1;
}

bool Datasets::set_public(DatasetId id, bool is_public) {
  Writing writing(database_);
  const auto updated =
      change(writing.connection(), "UPDATE datasets SET is_public = :is_public WHERE id = :id",
             is_public, id);
  writing.commit();
  return updated == 1;
}

void Datasets::link(ProjectId project, DatasetId id) {
  Writing writing(database_);
  change(writing.connection(),
         "INSERT INTO dataset_links (project_id, dataset_id) VALUES (:project, :id) "
         "ON CONFLICT DO NOTHING",
         project, id);
  writing.commit();
}

bool Datasets::unlink(ProjectId project, DatasetId id) {
  Writing writing(database_);
  const auto removed = change(
      writing.connection(),
      "DELETE FROM dataset_links WHERE project_id = :project AND dataset_id = :id", project, id);
  writing.commit();
  return removed == 1;
}

void Datasets::link_as(ProjectId from, ProjectId to) {
  Writing writing(database_);
  change(writing.connection(),
         "INSERT INTO dataset_links (project_id, dataset_id) SELECT :to_links, dataset_id "
         "FROM dataset_links WHERE project_id = :from_links ON CONFLICT DO NOTHING",
         to, from);
  change(writing.connection(),
         "INSERT INTO dataset_links (project_id, dataset_id) SELECT :to_own, d.id "
         "FROM datasets d WHERE d.project_id = :from_own AND d.is_public = 1 "
         "ON CONFLICT DO NOTHING",
         to, from);
  writing.commit();
}

bool Datasets::remove(DatasetId id) {
  Writing writing(database_);
  refuse_while_used(writing.connection(), id);
  const auto removed = change(writing.connection(), "DELETE FROM datasets WHERE id = :id", id);
  writing.commit();
  return removed == 1;
}

}  // namespace cloudbrain::store
