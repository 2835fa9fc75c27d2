// Versions of models: files by their SHA-256 (the bytes are in blobs/), and where they came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "domain/task.h"
#include "store/database.h"
#include "store/models/models.h"

namespace cloudbrain::store {

// The enumerators are the words of the API and the database.
enum class ModelVersionState {
  importing,  // files of a task are being hashed
  ready,
  failed,
};
BOOST_DESCRIBE_ENUM(ModelVersionState, importing, ready, failed)

struct ModelMetric {
  std::string name;
  double value = 0;

  bool operator==(const ModelMetric&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelMetric, (), (name, value))

// The task whose results became a version.
struct ModelOrigin {
  std::string name;
  int version = 1;
  TaskKind kind = TaskKind::train;

  bool operator==(const ModelOrigin&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelOrigin, (), (name, version, kind))

// Where a version came from, as it was then. All empty for one that was uploaded.
struct ModelLineage {
  std::optional<ModelOrigin> task;
  std::string commit;
  std::string branch;
  std::string boot_file;
  std::vector<DatasetInput> datasets;
  std::vector<Parameter> params;
  std::optional<ModelChoice> parent_model;  // what the task itself began with

  bool operator==(const ModelLineage&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelLineage, (),
                      (task, commit, branch, boot_file, datasets, params, parent_model))

struct ModelFile {
  std::string path;  // relative, plain
  std::int64_t size_bytes = 0;
  std::string sha256;  // lower-case hex; empty until it was hashed

  bool operator==(const ModelFile&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelFile, (), (path, size_bytes, sha256))

struct ModelVersion {
  ModelVersionId id;
  ModelId model;
  int number = 0;  // 1 is V0001; never given twice
  ModelVersionState state = ModelVersionState::ready;
  std::optional<Text> failure;
  std::string notes;
  std::vector<ModelMetric> metrics;
  std::optional<TaskId> task;  // as lineage.task, while that task is there
  ModelLineage lineage;
  UserId creator;
  std::string creator_name;
  TimePoint created_at;
  std::int64_t size_bytes = 0;  // of all files

  bool operator==(const ModelVersion&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelVersion, (),
                      (id, model, number, state, failure, notes, metrics, task, lineage, creator,
                       creator_name, created_at, size_bytes))

// A task that was submitted with a version.
struct ModelUse {
  TaskId task;
  std::string name;
  int version = 1;
  TaskKind kind = TaskKind::train;
  TaskState state = TaskState::PREPARING;

  bool operator==(const ModelUse&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelUse, (), (task, name, version, kind, state))

// A version made from a task's results.
struct MadeModel {
  std::string name;
  int number = 0;
  bool is_public = false;

  bool operator==(const MadeModel&) const = default;
};
BOOST_DESCRIBE_STRUCT(MadeModel, (), (name, number, is_public))

class ModelVersions {
 public:
  static constexpr std::size_t kMostFiles = 10'000;

  explicit ModelVersions(Database& database) : database_(database) {}

  // Stores the version and its files under the model's next number. Throws missing "model_missing"
  // where the model was removed, conflict "task_missing" where version.task was.
  ModelVersion insert(ModelVersion version, const std::vector<ModelFile>& files);
  std::optional<ModelVersion> find(ModelVersionId id) const;
  std::optional<ModelVersion> find(ModelId model, int number) const;
  // Newest first; the page goes by id.
  std::vector<ModelVersion> list(ModelId model, const Page& page) const;
  // By path.
  std::vector<ModelFile> files(ModelVersionId id) const;
  std::optional<ModelFile> find_file(ModelVersionId id, std::string_view path) const;
  // What a restart has to go on with, oldest first.
  std::vector<ModelVersion> importing() const;
  // Every one there is.
  std::vector<ModelVersionId> all() const;

  // A file that was uploaded. The same content once more changes nothing. Throws
  //   missing  "version_missing"       the version was removed
  //   conflict "version_is_fixed"      it was made from a task, or a task has used it
  //   conflict "model_file_in_use"     the path has other content
  //   conflict "model_path_collides"   a file would be a folder too
  //   conflict "too_many_files"
  void add_file(ModelVersionId id, const ModelFile& file);
  // What add_file would throw now. Without a hash a file of the same size under the same path
  // passes: it may be the same one.
  void need_free(ModelVersionId id, const ModelFile& file) const;
  // While importing: what a file turned out to hold. False where the version was removed.
  bool set_hash(ModelVersionId id, std::string_view path, std::string_view sha256);
  // The end of importing. False where the version was removed.
  bool settle(ModelVersionId id, ModelVersionState state, const std::optional<Text>& failure);
  // Notes and metrics. False where there is none.
  bool update(const ModelVersion& changed);
  // Nullopt where there is none. Throws conflict "model_in_use".
  std::optional<RemovedModel> remove(ModelVersionId id);

  // Tasks that were submitted with it, the newest first, at most 100.
  std::vector<ModelUse> uses(ModelVersionId id) const;
  // What a task was submitted with.
  std::optional<ModelVersion> of_task(TaskId task) const;
  // The other way round: what was made from its results, oldest first.
  std::vector<MadeModel> made_from(TaskId task) const;

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
