#include "store/models/model_versions.h"

#include <limits>

#include "store/models/model_rows.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect =
    "SELECT v.id, v.model_id, v.number, v.state, v.failure_json, v.notes, v.metrics_json, "
    "v.task_id, v.lineage_json, v.creator_id, c.name, v.created_at, "
    "(SELECT COALESCE(SUM(f.size_bytes), 0) FROM model_files f WHERE f.version_id = v.id) "
    "FROM model_versions v JOIN users c ON c.id = v.creator_id ";

constexpr std::string_view kSelectFiles = "SELECT path, size_bytes, sha256 FROM model_files ";

Error version_missing() {
  return Error(ErrorKind::missing, "version_missing",
               {"This version of the model was removed.", "该模型版本已被删除。"});
}

Error version_is_fixed(const Text& why) {
  return Error(ErrorKind::conflict, "version_is_fixed", why,
               {"Upload to a new version.", "请上传到新版本。"});
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

[[noreturn]] void refuse_other_content(const ModelVersion& version, const ModelFile& file) {
  throw Error(
      ErrorKind::conflict, "model_file_in_use",
      {fmt::format("{} already has a file \"{}\" with other content.", version_text(version.number),
                   file.path),
       fmt::format("{} 中已有内容不同的文件“{}”。", version_text(version.number), file.path)},
      {"Upload to a new version.", "请上传到新版本。"});
}

void check_addition(Connection& connection, const ModelVersion& version, const ModelFile& file) {
  if (version.lineage.task || version.state != ModelVersionState::ready) {
    throw version_is_fixed({"This version was made from a task's results and stays as it is.",
                            "该版本由任务结果生成，不能再添加文件。"});
  }
  // A task's record says which version it used, so that version may not come to hold more.
  if (value<int>(connection, "SELECT 1 FROM task_models WHERE version_id = :id LIMIT 1",
                 version.id)) {
    throw version_is_fixed({"Tasks have used this version, so it stays as it is.",
                            "该版本已被任务使用，不能再添加文件。"});
  }
  std::size_t count = 0;
  for (const auto& path : rows<std::string>(
           connection, "SELECT path FROM model_files WHERE version_id = :id", version.id)) {
    ++count;
    if (!is_below(path, file.path) && !is_below(file.path, path)) continue;
    throw Error(
        ErrorKind::conflict, "model_path_collides",
        {fmt::format("\"{}\" and \"{}\" cannot be in one version: one would be a file and "
                     "a folder.",
                     file.path, path),
         fmt::format("“{}”与“{}”不能同时存在：同一名称不能既是文件又是文件夹。", file.path, path)});
  }
  if (count < ModelVersions::kMostFiles) return;
  throw Error(ErrorKind::conflict, "too_many_files",
              {fmt::format("A version has at most {} files.", ModelVersions::kMostFiles),
               fmt::format("一个模型版本最多 {} 个文件。", ModelVersions::kMostFiles)},
              {"Pack them into an archive.", "请打包为压缩文件。"});
}

// True where the file is there already. Throws where it may not be added.
bool has_file(Connection& connection, ModelVersionId id, const ModelFile& file) {
  const auto version = row<ModelVersion>(connection, kSelect + "WHERE v.id = :id", id);
  if (!version) throw version_missing();
  const auto known = row<ModelFile>(
      connection, std::string(kSelectFiles) + "WHERE version_id = :id AND path = :path", id,
      file.path);
  if (!known) {
    check_addition(connection, *version, file);
    return false;
  }
  const bool may_be_same = file.sha256.empty() || known->sha256 == file.sha256;
  if (!may_be_same || known->size_bytes != file.size_bytes) refuse_other_content(*version, file);
  return true;
}

void insert_file(Connection& connection, ModelVersionId id, const ModelFile& file) {
  change(connection,
         "INSERT INTO model_files (version_id, path, size_bytes, sha256) "
         "VALUES (:version_id, :path, :size_bytes, :sha256)",
         id, file.path, file.size_bytes, file.sha256);
}

}  // namespace

ModelVersion ModelVersions::insert(ModelVersion version, const std::vector<ModelFile>& files) {
  Writing writing(database_);
  Connection& connection = writing.connection();
  const auto number = value<int>(connection,
                                 "UPDATE models SET last_version = last_version + 1 "
                                 "WHERE id = :id RETURNING last_version",
                                 version.model);
  if (!number) {
    throw Error(ErrorKind::missing, "model_missing",
                {"The model was removed at this moment.", "该模型刚刚被删除。"});
  }
  if (version.task && !value<int>(connection, "SELECT 1 FROM tasks WHERE id = :id", version.task)) {
    throw Error(ErrorKind::conflict, "task_missing",
                {"The task was deleted at this moment.", "该任务刚刚被删除。"});
  }
  version.number = *number;
  version.id =
      value<ModelVersionId>(
          connection,
          "INSERT INTO model_versions (model_id, number, state, failure_json, notes, "
          "metrics_json, task_id, lineage_json, creator_id, created_at) VALUES (:model_id, "
          ":number, :state, :failure, :notes, :metrics, :task_id, :lineage, :creator_id, "
          ":created_at) RETURNING id",
          version.model, version.number, version.state, version.failure, version.notes,
          version.metrics, version.task, version.lineage, version.creator, version.created_at)
          .value();
  for (const ModelFile& file : files) insert_file(connection, version.id, file);
  writing.commit();
  return version;
}

std::optional<ModelVersion> ModelVersions::find(ModelVersionId id) const {
  Reading reading(database_);
  return row<ModelVersion>(reading.connection(), kSelect + "WHERE v.id = :id", id);
}

std::optional<ModelVersion> ModelVersions::find(ModelId model, int number) const {
  Reading reading(database_);
  return row<ModelVersion>(reading.connection(),
                           kSelect + "WHERE v.model_id = :model_id AND v.number = :number", model,
                           number);
}

std::vector<ModelVersion> ModelVersions::list(ModelId model, const Page& page) const {
  Reading reading(database_);
  return rows<ModelVersion>(
      reading.connection(),
      kSelect +
          "WHERE v.model_id = :model_id AND v.id < :before ORDER BY v.id DESC LIMIT :page_limit",
      model,
      page.after == 0 ? std::numeric_limits<long long>::max() : static_cast<long long>(page.after),
      page.limit);
}

std::vector<ModelFile> ModelVersions::files(ModelVersionId id) const {
  Reading reading(database_);
  return rows<ModelFile>(reading.connection(),
                         std::string(kSelectFiles) + "WHERE version_id = :id ORDER BY path", id);
}

std::optional<ModelFile> ModelVersions::find_file(ModelVersionId id, std::string_view path) const {
  Reading reading(database_);
  return row<ModelFile>(reading.connection(),
                        std::string(kSelectFiles) + "WHERE version_id = :id AND path = :path", id,
                        path);
}

std::vector<ModelVersion> ModelVersions::importing() const {
  Reading reading(database_);
  return rows<ModelVersion>(reading.connection(),
                            kSelect + "WHERE v.state = 'importing' ORDER BY v.id");
}

std::vector<ModelVersionId> ModelVersions::all() const {
  Reading reading(database_);
  return rows<ModelVersionId>(reading.connection(), "SELECT id FROM model_versions");
}

void ModelVersions::add_file(ModelVersionId id, const ModelFile& file) {
  Writing writing(database_);
  if (has_file(writing.connection(), id, file)) return;
  insert_file(writing.connection(), id, file);
  writing.commit();
}

void ModelVersions::need_free(ModelVersionId id, const ModelFile& file) const {
  Reading reading(database_);
  has_file(reading.connection(), id, file);
}

bool ModelVersions::set_hash(ModelVersionId id, std::string_view path, std::string_view sha256) {
  Writing writing(database_);
  const auto updated =
      change(writing.connection(),
             "UPDATE model_files SET sha256 = :sha256 WHERE version_id = :id AND path = :path",
             sha256, id, path);
  writing.commit();
  return updated == 1;
}

bool ModelVersions::settle(ModelVersionId id, ModelVersionState state,
                           const std::optional<Text>& failure) {
  Writing writing(database_);
  const auto updated =
      change(writing.connection(),
             "UPDATE model_versions SET state = :state, failure_json = :failure WHERE id = :id",
             state, failure, id);
  writing.commit();
  return updated == 1;
}

bool ModelVersions::update(const ModelVersion& changed) {
  Writing writing(database_);
  const auto updated =
      change(writing.connection(),
             "UPDATE model_versions SET notes = :notes, metrics_json = :metrics WHERE id = :id",
             changed.notes, changed.metrics, changed.id);
  writing.commit();
  return updated == 1;
}

std::optional<RemovedModel> ModelVersions::remove(ModelVersionId id) {
  static const std::string kOne = "SELECT v.id FROM model_versions v WHERE v.id = :id";
  Writing writing(database_);
  Connection& connection = writing.connection();
  refuse_while_used(connection, kOne, id.value);
  RemovedModel removed{{id}, contents_of(connection, kOne, id.value)};
  if (change(connection, "DELETE FROM model_versions WHERE id = :id", id) == 0) return std::nullopt;
  writing.commit();
  return removed;
}

std::vector<ModelUse> ModelVersions::uses(ModelVersionId id) const {
  Reading reading(database_);
  return rows<ModelUse>(
      reading.connection(),
      "SELECT t.id, t.name, t.version, t.kind, t.state FROM task_models tm "
      "JOIN tasks t ON t.id = tm.task_id WHERE tm.version_id = :id ORDER BY t.id DESC LIMIT 100",
      id);
}

std::optional<ModelVersion> ModelVersions::of_task(TaskId task) const {
  Reading reading(database_);
  return row<ModelVersion>(
      reading.connection(),
      kSelect + "WHERE v.id = (SELECT version_id FROM task_models WHERE task_id = :task_id)", task);
}

std::vector<MadeModel> ModelVersions::made_from(TaskId task) const {
  Reading reading(database_);
  return rows<MadeModel>(
      reading.connection(),
      "SELECT m.name, v.number, m.is_public FROM model_versions v JOIN models m ON m.id = "
      "v.model_id WHERE v.task_id = :task_id ORDER BY v.id",
      task);
}

}  // namespace cloudbrain::store
