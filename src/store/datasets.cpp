#include "store/datasets.h"

#include <limits>

#include <fmt/ranges.h>

#include "domain/names.h"
#include "store/datasets/dataset_rows.h"
#include "store/sqlite/search.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect = "SELECT " + kDatasetColumns + kDatasetTables;

// A task that has not ended.
struct User {
  TaskId id;
  std::string name;
  bool is_ours = false;  // of the data set's own project
};
BOOST_DESCRIBE_STRUCT(User, (), (id, name, is_ours))

}  // namespace

void throw_dataset_name_in_use(std::string_view name) {
  throw Error(ErrorKind::conflict, "dataset_name_in_use",
              {fmt::format("The project already has a data set named \"{}\".", name),
               fmt::format("该项目已有名为“{}”的数据集。", name)},
              {"Delete it first, or choose another name.", "请先删除它，或换一个名称。"});
}

void refuse_while_used(Connection& connection, DatasetId id, std::string_view sha256) {
  const auto users = rows<User>(
      connection,
      "SELECT DISTINCT t.id, t.name, CASE WHEN t.project_id = d.project_id THEN 1 ELSE 0 END "
      "FROM task_datasets td JOIN tasks t ON t.id = td.task_id "
      "JOIN datasets d ON d.id = td.dataset_id "
      "WHERE td.dataset_id = :id AND (:any = '' OR td.sha256 = :sha256) AND " +
          kLiveTask + "ORDER BY t.name",
      id, sha256, sha256);
  if (users.empty()) return;
  // Other projects may be hidden from whoever is told this.
  std::vector<std::string> names;
  for (const User& user : users) {
    if (user.is_ours) names.push_back(user.name);
  }
  Text list{fmt::format("{}", fmt::join(names, ", ")), fmt::format("{}", fmt::join(names, "、"))};
  if (const std::size_t others = users.size() - names.size(); others > 0) {
    list.en += fmt::format("{}{} of other projects", names.empty() ? "" : " and ", others);
    list.zh += fmt::format("{}其他项目的 {} 个任务", names.empty() ? "" : "，以及", others);
  }
  throw Error(ErrorKind::conflict, "dataset_in_use",
              {fmt::format("Tasks that have not ended use this data set: {}.", list.en),
               fmt::format("以下尚未结束的任务正在使用该数据集：{}。", list.zh)},
              {"Wait until they have ended, or stop them.", "请等待它们结束，或先停止它们。"});
}

DatasetId Datasets::insert(const Dataset& dataset) {
  Writing writing(database_);
  const auto id = value<DatasetId>(
      writing.connection(),
      "INSERT INTO datasets (project_id, name, description, is_public, creator_id, created_at) "
      "VALUES (:project_id, :name, :description, :is_public, :creator_id, :created_at) "
      "ON CONFLICT (project_id, name) DO NOTHING RETURNING id",
      dataset.project, dataset.name, dataset.description, dataset.is_public, dataset.creator,
      dataset.created_at);
  if (!id) throw_dataset_name_in_use(dataset.name);
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

std::optional<Dataset> Datasets::find_usable(ProjectId project, std::string_view name) const {
  if (auto own = find(project, name)) return own;
  Reading reading(database_);
  return row<Dataset>(reading.connection(),
                      kSelect + "WHERE " + kIsLinked + "AND d.name = :name ORDER BY d.id LIMIT 1",
                      project, name);
}

std::vector<Dataset> Datasets::list(ProjectId project) const {
  Reading reading(database_);
  return rows<Dataset>(reading.connection(),
                       kSelect + "WHERE d.project_id = :project_id ORDER BY d.id DESC", project);
}

std::vector<Dataset> Datasets::linked(ProjectId project) const {
  Reading reading(database_);
  return rows<Dataset>(reading.connection(), kSelect + "WHERE " + kIsLinked + "ORDER BY d.id DESC",
                       project);
}

std::vector<PublicDataset> Datasets::search(std::string_view search, const Page& page) const {
  static const std::string kPublic =
      "SELECT " + kDatasetColumns +
      ", (SELECT count(*) FROM dataset_files f WHERE f.dataset_id = d.id)"
      ", (SELECT COALESCE(SUM(f.size_bytes), 0) FROM dataset_files f WHERE f.dataset_id = d.id)"
      ", (SELECT count(*) FROM dataset_links l WHERE l.dataset_id = d.id)"
      ", (SELECT count(DISTINCT td.task_id) FROM task_datasets td WHERE td.dataset_id = d.id) " +
      kDatasetTables + "WHERE d.is_public = 1 AND p.is_private = 0 AND d.id < :before ";
  std::string narrowed;
  Arguments arguments;
  arguments.add("before", page.after == 0 ? std::numeric_limits<long long>::max()
                                          : static_cast<long long>(page.after));
  arguments.add("limit", static_cast<long long>(page.limit));
  if (!search.empty()) {
    narrowed =
        "AND lower(d.name || ' ' || o.name || '/' || p.name || ' ' || d.description) LIKE :search "
        "ESCAPE '\\' ";
    arguments.add("search", like_pattern(lower_case(search)));
  }
  Reading reading(database_);
  return rows<PublicDataset>(reading.connection(),
                             kPublic + narrowed + "ORDER BY d.id DESC LIMIT :limit", arguments);
}

bool Datasets::update(const Dataset& changed) {
  Writing writing(database_);
  const auto other = value<DatasetId>(
      writing.connection(),
      "SELECT id FROM datasets WHERE project_id = :project AND name = :name AND id <> :id",
      changed.project, changed.name, changed.id);
  if (other) throw_dataset_name_in_use(changed.name);
  const auto updated = change(writing.connection(),
                              "UPDATE datasets SET name = :name, description = :description, "
                              "is_public = :is_public WHERE id = :id",
                              changed.name, changed.description, changed.is_public, changed.id);
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

std::optional<std::vector<std::string>> Datasets::remove(DatasetId id) {
  Writing writing(database_);
  Connection& connection = writing.connection();
  refuse_while_used(connection, id, "");
  auto contents = rows<std::string>(
      connection, "SELECT DISTINCT sha256 FROM dataset_files WHERE dataset_id = :id", id);
  if (change(connection, "DELETE FROM datasets WHERE id = :id", id) == 0) return std::nullopt;
  writing.commit();
  return contents;
}

}  // namespace cloudbrain::store
