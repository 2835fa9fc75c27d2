#include "store/datasets/dataset_files.h"

#include "store/datasets/dataset_rows.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect =
    "SELECT f.id, f.dataset_id, f.name, f.folder, f.sha256, f.size_bytes, f.state, f.progress, "
    "f.failure_json, f.entries, f.creator_id, f.created_at FROM dataset_files f ";

std::optional<DatasetFile> find_in(Connection& connection, DatasetId dataset,
                                   std::string_view name) {
  return row<DatasetFile>(
      connection, kSelect + "WHERE f.dataset_id = :dataset_id AND f.name = :name", dataset, name);
}

[[noreturn]] void throw_file_name_in_use(const Dataset& home, std::string_view name) {
  throw Error(ErrorKind::conflict, "dataset_name_in_use",
              {fmt::format("The data set {} already has a file named \"{}\".", home.name, name),
               fmt::format("数据集 {} 中已有名为“{}”的文件。", home.name, name)},
              {"Delete it first, or choose another name.", "请先删除它，或换一个名称。"});
}

DatasetFileId insert_row(Connection& connection, const DatasetFile& file) {
  return value<DatasetFileId>(
             connection,
             "INSERT INTO dataset_files (dataset_id, name, folder, sha256, size_bytes, state, "
             "progress, failure_json, entries, creator_id, created_at) VALUES (:dataset_id, "
             ":name, :folder, :sha256, :size_bytes, :state, :progress, :failure, :entries, "
             ":creator_id, :created_at) RETURNING id",
             file.dataset, file.name, file.folder, file.sha256, file.size_bytes, file.state,
             file.progress, file.failure, file.entries, file.creator, file.created_at)
      .value();
}

int remove_row(Connection& connection, const DatasetFile& file) {
  refuse_while_used(connection, file.dataset, file.sha256);
  return static_cast<int>(change(connection, "DELETE FROM dataset_files WHERE id = :id", file.id));
}

}  // namespace

DatasetFiles::Added DatasetFiles::add(const Dataset& home, const DatasetFile& file) {
  Writing writing(database_);
  Connection& connection = writing.connection();
  Added added{file};
  const auto made =
      value<DatasetId>(connection,
                       "INSERT INTO datasets (project_id, name, description, is_public, "
                       "creator_id, created_at) VALUES (:project_id, :name, '', 0, :creator_id, "
                       ":created_at) ON CONFLICT (project_id, name) DO NOTHING RETURNING id",
                       home.project, home.name, file.creator, file.created_at);
  added.is_set_new = made.has_value();
  added.file.dataset =
      made ? *made
           : value<DatasetId>(
                 connection,
                 "SELECT id FROM datasets WHERE project_id = :project_id AND name = :name",
                 home.project, home.name)
                 .value();
  if (auto known = find_in(connection, added.file.dataset, file.name)) {
    if (known->sha256 != file.sha256) throw_file_name_in_use(home, file.name);
    added.file = *std::move(known);
    return added;
  }
  added.file.id = insert_row(connection, added.file);
  added.is_new = true;
  writing.commit();
  return added;
}

bool DatasetFiles::take_back(const Added& added) {
  Writing writing(database_);
  const bool removed = remove_row(writing.connection(), added.file) == 1;
  if (added.is_set_new) {
    change(writing.connection(),
           "DELETE FROM datasets WHERE id = :id AND NOT EXISTS (SELECT 1 FROM dataset_files f "
           "WHERE f.dataset_id = :empty)",
           added.file.dataset, added.file.dataset);
  }
  writing.commit();
  return removed;
}

std::optional<DatasetFile> DatasetFiles::find(DatasetFileId id) const {
  Reading reading(database_);
  return row<DatasetFile>(reading.connection(), kSelect + "WHERE f.id = :id", id);
}

std::optional<DatasetFile> DatasetFiles::find(DatasetId dataset, std::string_view name) const {
  Reading reading(database_);
  return find_in(reading.connection(), dataset, name);
}

std::optional<DatasetFile> DatasetFiles::find_input(TaskId task, std::string_view sha256) const {
  Reading reading(database_);
  return row<DatasetFile>(reading.connection(),
                          kSelect +
                              "JOIN task_datasets td ON td.dataset_id = f.dataset_id "
                              "AND td.sha256 = f.sha256 WHERE td.task_id = :task_id "
                              "AND td.sha256 = :sha256 ORDER BY f.id LIMIT 1",
                          task, sha256);
}

std::vector<DatasetFile> DatasetFiles::list(DatasetId dataset) const {
  Reading reading(database_);
  return rows<DatasetFile>(reading.connection(),
                           kSelect + "WHERE f.dataset_id = :dataset_id ORDER BY f.name", dataset);
}

std::vector<DatasetFile> DatasetFiles::list_usable(ProjectId project) const {
  Reading reading(database_);
  return rows<DatasetFile>(
      reading.connection(),
      kSelect +
          "JOIN datasets d ON d.id = f.dataset_id JOIN projects p ON p.id = d.project_id "
          "WHERE d.project_id = :own OR (" +
          kIsLinked + ") ORDER BY f.name",
      project, project);
}

std::vector<DatasetFile> DatasetFiles::with_content(std::string_view sha256) const {
  Reading reading(database_);
  return rows<DatasetFile>(reading.connection(), kSelect + "WHERE f.sha256 = :sha256 ORDER BY f.id",
                           sha256);
}

std::vector<DatasetFile> DatasetFiles::unfinished() const {
  Reading reading(database_);
  return rows<DatasetFile>(reading.connection(),
                           kSelect + "WHERE f.state IN ('waiting', 'unpacking') ORDER BY f.id");
}

bool DatasetFiles::update(const DatasetFile& changed) {
  Writing writing(database_);
  const auto updated =
      change(writing.connection(),
             "UPDATE dataset_files SET state = :state, progress = :progress, "
             "failure_json = :failure, entries = :entries WHERE id = :id",
             changed.state, changed.progress, changed.failure, changed.entries, changed.id);
  writing.commit();
  return updated == 1;
}

void DatasetFiles::note_progress(std::string_view sha256, int percent) {
  Writing writing(database_);
  change(writing.connection(),
         "UPDATE dataset_files SET state = 'unpacking', progress = :percent "
         "WHERE sha256 = :sha256 AND state IN ('waiting', 'unpacking')",
         percent, sha256);
  writing.commit();
}

bool DatasetFiles::remove(const DatasetFile& file) {
  Writing writing(database_);
  const bool removed = remove_row(writing.connection(), file) == 1;
  writing.commit();
  return removed;
}

}  // namespace cloudbrain::store
