#include "tasks/prepare.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "domain/reasons.h"

namespace cloudbrain {

namespace {

Error inputs_gone() {
  return Error(
      ErrorKind::conflict, "inputs_gone",
      {"What the task was submitted with (data set, model, cluster or spec) is not there any more.",
       "任务提交时使用的数据集、模型、集群或资源规格已不存在。"});
}

}  // namespace

Preparer::Preparer(Parts parts)
    : parts_(std::move(parts)),
      files_(parts_.database),
      projects_(parts_.database),
      versions_(parts_.database) {
  make_directories(parts_.tasks_root);
  const fs::path marker = parts_.tasks_root / ".empty";
  if (!fs::exists(marker)) write_file_atomic(marker, "", Durable::no);
}

std::string Preparer::folder_of(const Task& task) const {
  return task_folder(parts_.tasks_root, task.id).path.native();
}

Preparer::Outcome Preparer::prepare(const Task& task) {
  const TaskFolder folder = task_folder(parts_.tasks_root, task.id);
  try {
    make_folder(task, folder);
    make_code(task, folder);
    make_model(task);
    if (std::optional<Outcome> unfinished = make_image(task, folder)) return *unfinished;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unavailable) throw;
    return {{Preparation::Step::failed, reasons::preparation_failed(error.message(), error.next())},
            {}};
  }
  const Inputs inputs = find_inputs(task);
  if (inputs.failed) return {{Preparation::Step::failed, *inputs.failed}, {}};
  if (inputs.missing) {
    return {{Preparation::Step::held, reasons::unpacking_dataset(inputs.missing->name)},
            inputs.missing->sha256};
  }
  return {{Preparation::Step::done, {}}, {}};
}

void Preparer::own(const fs::path& path) const {
  if (!parts_.task_uid) return;
  if (::lchown(path.c_str(), *parts_.task_uid, *parts_.task_uid) != 0)
    throw_errno("chown", path.native());
}

void Preparer::make_folder(const Task& task, const TaskFolder& folder) const {
  std::vector<fs::path> writable{folder.output(), folder.path / kTemporary};
  if (layout_of(task).code.starts_with(kCacheTarget)) writable.push_back(folder.path / kCache);
  make_directories(folder.path);
  for (const fs::path& path : writable) {
    make_directories(path);
    own(path);
  }
  if (::chmod(writable[1].c_str(), 01777) != 0) throw_errno("chmod", writable[1].native());
  write_file_atomic(folder.spec(), to_text(to_json(task.request)), Durable::no);
}

// The code is there whole or not at all: copied aside, then renamed.
void Preparer::make_code(const Task& task, const TaskFolder& folder) const {
  if (fs::exists(folder.code())) return;
  const fs::path aside = folder.path / "code.new";
  remove_tree(aside);
  parts_.code.copy_to(task.project, task.commit, aside, parts_.task_uid);
  fs::rename(aside, folder.code());
}

const Cluster& Preparer::cluster_of(const Task& task) const {
  const Cluster* cluster = parts_.catalogue.find_cluster(task.request.cluster);
  if (cluster == nullptr) throw inputs_gone();
  return *cluster;
}

const Layout& Preparer::layout_of(const Task& task) const {
  return find_layout(cluster_of(task).layout, task.request.compute, task.request.kind);
}

// Empty: it is there, and noted in the folder by its digest, so that every later step and every
// later server takes the same one, whatever its tag has come to mean.
std::optional<Preparer::Outcome> Preparer::make_image(const Task& task,
                                                      const TaskFolder& folder) const {
  if (fs::exists(folder.path / kImageFile)) return std::nullopt;
  const std::optional<ImageChoice> choice =
      choose_image(parts_.database, cluster_of(task), task.project, task.request);
  if (!choice) return std::nullopt;
  const ImageShelf::Found found = parts_.images.take(task.id, *choice);
  if (found.failed) return Outcome{{Preparation::Step::failed, *found.failed}, {}};
  if (!found.image) {
    return Outcome{{Preparation::Step::held, reasons::pulling_image(task.request.image)},
                   found.held_by};
  }
  write_file_atomic(folder.path / kImageFile, to_text(to_json(*found.image)), Durable::no);
  return std::nullopt;
}

std::optional<LaunchImage> Preparer::image_of(const TaskFolder& folder) const {
  const auto text = try_read_file(folder.path / kImageFile);
  if (!text) return std::nullopt;
  const auto noted = from_json<TaskImage>(parse_json(*text), UnknownMembers::ignore);
  const ImageStore& store = parts_.images.store();
  std::optional<UnpackedImage> image = store.find(noted.digest);
  if (!image) throw inputs_gone();
  store.note_use(noted.digest);
  return LaunchImage{store.tree(noted.digest), std::move(*image)};
}

Preparer::Inputs Preparer::find_inputs(const Task& task) {
  Inputs inputs;
  for (const DatasetInput& input : task.inputs) {
    const auto row = files_.find_input(task.id, input.sha256);
    if (!row) {
      const Text gone{"it was removed after the submit.", "提交后已被删除。"};
      inputs.failed = reasons::dataset_failed(input.name, gone);
      return inputs;
    }
    if (row->state == store::DatasetState::failed) {
      inputs.failed = reasons::dataset_failed(input.name, row->failure.value_or(Reason{}).message);
      return inputs;
    }
    if (auto paths = parts_.shelf.find(*row)) {
      inputs.paths.push_back(std::move(*paths));
    } else {
      inputs.missing = row;
      return inputs;
    }
  }
  return inputs;
}

// A version that a task uses cannot be deleted, so it is there. Made once, then only looked at.
std::optional<fs::path> Preparer::make_model(const Task& task) const {
  if (!task.request.model) return std::nullopt;
  const auto version = versions_.of_task(task.id);
  if (!version) throw inputs_gone();
  std::vector<ModelTreeFile> files;
  for (store::ModelFile& file : versions_.files(version->id)) {
    files.push_back({std::move(file.path), std::move(file.sha256)});
  }
  return parts_.models.make(version->id, files);
}

Launch Preparer::launch_of(const Task& task) {
  Inputs inputs = find_inputs(task);
  const std::optional<store::Project> project = projects_.find(task.project);
  const Spec* spec = parts_.catalogue.find_spec(task.request.spec);
  if (inputs.failed || inputs.missing || !project || spec == nullptr) throw inputs_gone();
  const LaunchPlaces places{task_folder(parts_.tasks_root, task.id),
                            parts_.packages,
                            parts_.tasks_root / ".empty",
                            std::move(inputs.paths),
                            make_model(task),
                            image_of(task_folder(parts_.tasks_root, task.id))};
  Launch launch = plan_launch({task, project->name, layout_of(task), *spec, places});
  // So that no task fills the disk for all: half of what is there leaves room for the others.
  launch.limits.disk_bytes =
      parts_.task_disk.value_or(static_cast<std::int64_t>(free_bytes(parts_.tasks_root) / 2));
  if (launch.limits.disk_bytes > 0)
    launch.limits.log_bytes = std::min(launch.limits.log_bytes, launch.limits.disk_bytes);
  return launch;
}

void Preparer::tidy(TaskId task) const {
  const TaskFolder folder = task_folder(parts_.tasks_root, task);
  remove_tree(folder.code());
  remove_tree(folder.path / kTemporary);
  remove_tree(folder.path / kCache);
}

bool Preparer::is_tidy(TaskId task) const {
  return !fs::exists(task_folder(parts_.tasks_root, task).path / kTemporary);
}

}  // namespace cloudbrain
