#include "tasks/models/model_shelf.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/log.h"
#include "blobs/models/adopt_file.h"
#include "blobs/models/result_files.h"
#include "domain/names.h"
#include "domain/state_machine.h"
#include "engines/task_folder.h"

namespace cloudbrain {

namespace {

using store::ModelVersionState;

// The import was given up: the version was removed, or the server ends.
struct Abandoned {};

store::ModelLineage lineage_of(const Task& task) {
  const TaskRequest& request = task.request;
  store::ModelLineage lineage;
  lineage.task = store::ModelOrigin{request.name, task.version, request.kind};
  lineage.commit = task.commit;
  lineage.branch = request.branch;
  lineage.boot_file = request.boot_file;
  lineage.datasets = task.inputs;
  lineage.params = request.params;
  lineage.parent_model = request.model;
  return lineage;
}

std::optional<FieldProblem> check_found(const std::string& field,
                                        const std::vector<ResultFile>& found) {
  for (const ResultFile& file : found) {
    if (const auto broken = check_model_path(file.path)) {
      return FieldProblem{field, broken->code, broken->message};
    }
  }
  return std::nullopt;
}

// What the paths stand for, each file once. "" stands for everything.
std::vector<store::ModelFile> choose(const fs::path& results,
                                     const std::vector<std::string>& paths) {
  constexpr std::size_t kMost = store::ModelVersions::kMostFiles;
  std::vector<FieldProblem> problems;
  std::map<std::string, std::uint64_t> chosen;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string field = paths[i].empty() ? "paths" : fmt::format("paths[{}]", i);
    const auto found = find_result_files(results, paths[i], kMost);
    if (!found || found->empty()) {
      problems.push_back({field,
                          "path_missing",
                          {fmt::format("There is no file at \"{}\" in the results.", paths[i]),
                           fmt::format("结果的“{}”处没有文件。", paths[i])}});
    } else if (auto broken = check_found(field, *found)) {
      problems.push_back(std::move(*broken));
    } else {
      for (const ResultFile& file : *found) chosen[file.path] = file.size;
    }
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
  std::vector<store::ModelFile> files;
  files.reserve(chosen.size());
  for (const auto& [path, size] : chosen) {
    files.push_back({path, static_cast<std::int64_t>(size), {}});
  }
  return files;
}

Error version_missing() {
  return Error(ErrorKind::missing, "version_missing",
               {"This version of the model was removed.", "该模型版本已被删除。"});
}

}  // namespace

ModelShelf::ModelShelf(Parts parts)
    : parts_(std::move(parts)),
      models_(parts_.database),
      versions_(parts_.database),
      pool_("import", parts_.threads) {}

ModelShelf::~ModelShelf() {
  stop_.request_stop();
}

store::ModelVersion ModelShelf::make_empty(const store::Model& model, store::ModelVersion given) {
  given.model = model.id;
  given.state = ModelVersionState::ready;
  given.created_at = parts_.clock.now();
  return versions_.insert(std::move(given), {});
}

store::ModelVersion ModelShelf::import(const store::Project& project, const store::Model& model,
                                       const Task& task, const std::vector<std::string>& paths,
                                       store::ModelVersion given) {
  if (!is_final(task.state)) {
    throw Error(ErrorKind::conflict, "task_not_ended",
                {fmt::format("The task {} is {}; a model is made from one that has ended.",
                             task.request.name, enum_name(task.state)),
                 fmt::format("任务 {} 处于 {} 状态，只能从已结束的任务导入模型。",
                             task.request.name, enum_name(task.state))},
                {"Wait until it has ended, or stop it.", "请等待任务结束，或先停止它。"});
  }
  const fs::path results = task_folder(parts_.tasks_root, task.id).output();
  const auto files = choose(results, paths.empty() ? std::vector<std::string>{""} : paths);
  std::uint64_t bytes = 0;
  for (const store::ModelFile& file : files) bytes += static_cast<std::uint64_t>(file.size_bytes);
  given.model = model.id;
  given.state = ModelVersionState::importing;
  given.task = task.id;
  given.lineage = lineage_of(task);
  given.created_at = parts_.clock.now();
  {
    const std::lock_guard turn(quota_turn_);
    parts_.quotas.need_storage(project.owner, bytes);
    given = versions_.insert(std::move(given), files);
  }
  import_later(given, project.id);
  return given;
}

void ModelShelf::resume() {
  const std::vector<ModelVersionId> all = versions_.all();
  parts_.trees.remove_others({all.begin(), all.end()});
  for (const store::ModelVersion& version : versions_.importing()) go_on_with(version);
}

void ModelShelf::go_on_with(const store::ModelVersion& version) {
  if (version.state != ModelVersionState::importing) return;
  if (const auto model = models_.find(version.model)) import_later(version, model->project);
}

// One at a time for a project, so that one with huge results leaves room for the others.
void ModelShelf::import_later(const store::ModelVersion& version, ProjectId project) {
  {
    const std::lock_guard lock(mutex_);
    if (!under_way_.insert(version.id).second) return;
  }
  pool_.post(std::to_string(project.value), [this, version] {
    import_or_fail(version);
    const std::lock_guard lock(mutex_);
    under_way_.erase(version.id);
  });
}

bool ModelShelf::wanted(ModelVersionId id) {
  if (stop_.stop_requested()) return false;
  const std::lock_guard lock(mutex_);
  return under_way_.contains(id);
}

void ModelShelf::import_files(const store::ModelVersion& version) {
  for (const store::ModelFile& file : versions_.files(version.id)) {
    if (file.sha256.empty()) import_file(version, file);
  }
  folder(version.id);
  versions_.settle(version.id, ModelVersionState::ready, std::nullopt);
}

// What it cannot write down for want of room it leaves as it is: the row still says importing, and
// who looks at it next has it done again.
void ModelShelf::import_or_fail(const store::ModelVersion& version) {
  try {
    try {
      import_files(version);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::no_space) throw;
      log::warning("model version {} can't be imported: {}", version.id.value, error.what());
      versions_.settle(version.id, ModelVersionState::failed, error.message());
    }
  } catch (const Abandoned&) {
    log::info("model version {}: the import was given up", version.id.value);
  } catch (const std::exception& error) {
    log::error("model version {}: {}", version.id.value, error.what());
  }
}

// Between the blob and its row nothing holds the content, so it may vanish with another's: then it
// is taken in once more.
void ModelShelf::import_file(const store::ModelVersion& version, const store::ModelFile& file) {
  const fs::path results = task_folder(parts_.tasks_root, version.task.value_or(TaskId{})).output();
  const Fd fd = open_beneath(results, file.path, O_RDONLY | O_NONBLOCK);
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size != file.size_bytes) {
    throw Error(ErrorKind::conflict, "file_changed",
                {fmt::format("\"{}\" is no longer the file it was.", file.path),
                 fmt::format("“{}”已不是原来的文件。", file.path)});
  }
  for (int attempt = 1;; ++attempt) {
    const auto blob =
        adopt_file(parts_.blobs, fd, file.path, [this, &version] { return wanted(version.id); });
    if (!blob) throw Abandoned{};
    try {
      bool known = false;
      parts_.contents.insert(
          blob->sha256, [&] { known = versions_.set_hash(version.id, file.path, blob->sha256); });
      if (known) return;
      parts_.contents.drop(blob->sha256);
      throw Abandoned{};
    } catch (const Error& error) {
      if (error.code() != "content_removed" || attempt == 3) throw;
    }
  }
}

void ModelShelf::add_file(ModelVersionId id, const store::ModelFile& file) {
  parts_.contents.insert(file.sha256, [&] { versions_.add_file(id, file); });
  const ModelTreeFile added{file.path, file.sha256};
  parts_.trees.make(id, std::span(&added, 1));
}

fs::path ModelShelf::folder(ModelVersionId id) {
  std::vector<ModelTreeFile> files;
  for (store::ModelFile& file : versions_.files(id)) {
    files.push_back({std::move(file.path), std::move(file.sha256)});
  }
  return parts_.trees.make(id, files);
}

void ModelShelf::remove(const store::Model& model) {
  const auto removed = models_.remove(model.id);
  if (!removed) {
    throw Error(ErrorKind::missing, "model_missing",
                {fmt::format("There is no model {}.", model.name),
                 fmt::format("没有模型 {}。", model.name)});
  }
  let_go(*removed);
}

void ModelShelf::remove(const store::ModelVersion& version) {
  const auto removed = versions_.remove(version.id);
  if (!removed) throw version_missing();
  let_go(*removed);
}

void ModelShelf::let_go(const store::RemovedModel& removed) {
  {
    const std::lock_guard lock(mutex_);
    for (const ModelVersionId id : removed.versions) under_way_.erase(id);
  }
  for (const ModelVersionId id : removed.versions) parts_.trees.remove(id);
  for (const std::string& sha256 : removed.contents) parts_.contents.drop(sha256);
}

}  // namespace cloudbrain
