#include "tasks/launch/launch_plan.h"

#include <fmt/format.h>

namespace cloudbrain {

namespace {

constexpr std::int64_t kLogLimit = std::int64_t{64} << 30U;

std::string replace_version(std::string_view path, int version) {
  std::string text(path);
  const std::size_t at = text.find("{version}");
  if (at != std::string::npos)
    text.replace(at, std::string_view("{version}").size(), version_text(version));
  return text;
}

class MountList {
 public:
  void read_only(const fs::path& source, std::string target) {
    mounts_.push_back({source.native(), std::move(target), true});
  }
  void writable(const fs::path& source, std::string target) {
    mounts_.push_back({source.native(), std::move(target), false});
  }
  // What is at or below `place` is at `other`, too.
  void repeat(std::string_view place, std::string_view other) {
    if (place == other) return;
    const std::size_t count = mounts_.size();
    for (std::size_t i = 0; i < count; ++i) {
      Mount mount = mounts_[i];
      const bool is_there =
          mount.target.starts_with(place) &&
          (mount.target.size() == place.size() || mount.target[place.size()] == '/');
      if (!is_there) continue;
      mount.target = std::string(other) + mount.target.substr(place.size());
      mounts_.push_back(std::move(mount));
    }
  }
  std::vector<Mount> take() { return std::move(mounts_); }

 private:
  std::vector<Mount> mounts_;
};

std::string beneath(std::string_view root, std::string_view name) {
  return fmt::format("{}/{}", root, name);
}

void mount_code(const LaunchPlanInput& input, const LayoutInput& layout_input, MountList& mounts) {
  const Layout& layout = input.layout;
  mounts.writable(input.places.folder.code(), code_directory(layout, layout_input));
  if (!layout.code_alias.empty()) {
    mounts.writable(input.places.folder.code(),
                    replace_version(layout.code_alias, input.task.version));
  }
  mounts.read_only(input.places.empty_file, beneath(layout.code, kCodeMarker));
}

void mount_datasets(const LaunchPlanInput& input, const LayoutInput& layout_input,
                    MountList& mounts) {
  const Layout& layout = input.layout;
  bool has_marker = false;
  for (const DatasetPlace& place : dataset_places(layout, layout_input)) {
    const DatasetPaths& paths = input.places.datasets[place.index];
    if (place.whole_root) {
      mounts.read_only(paths.view, place.target);
      has_marker = true;
    } else if (!has_marker || paths.mount_tree_in_view) {
      mounts.read_only(paths.tree, place.target);
    }
  }
  if (!has_marker)
    mounts.read_only(input.places.empty_file, beneath(layout.dataset, kDatasetMarker));
}

void mount_model(const LaunchPlanInput& input, MountList& mounts) {
  if (input.places.model) {
    mounts.read_only(*input.places.model, std::string(input.layout.model));
  } else {
    mounts.read_only(input.places.empty_file, beneath(input.layout.model, kModelMarker));
  }
}

std::vector<Mount> plan_mounts(const LaunchPlanInput& input, const LayoutInput& layout_input) {
  const fs::path& folder = input.places.folder.path;
  MountList mounts;
  mounts.writable(folder / kTemporary, "/tmp");
  if (input.layout.code.starts_with(kCacheTarget)) {
    mounts.writable(folder / kCache, std::string(kCacheTarget));
  }
  mount_code(input, layout_input, mounts);
  mount_datasets(input, layout_input, mounts);
  mount_model(input, mounts);
  mounts.writable(input.places.folder.output(), std::string(input.layout.output));
  // A script written for /dataset and /model runs in every cluster.
  const Layout& plain = find_layout("openi", "cpu", input.task.request.kind);
  mounts.repeat(input.layout.dataset, plain.dataset);
  mounts.repeat(input.layout.model, plain.model);
  mounts.repeat(input.layout.output, plain.output);
  for (const std::string_view packages : {"any", "npu"}) {
    if (packages == "npu" && !input.layout.npu) continue;
    mounts.read_only(input.places.packages / packages, beneath(kPackages, packages));
  }
  return mounts.take();
}

}  // namespace

std::vector<std::string> with_entrypoint(const std::vector<std::string>& entrypoint,
                                         std::vector<std::string> argv) {
  if (entrypoint.empty()) return argv;
  const std::string last = fs::path(entrypoint.back()).filename();
  if (last == "python" || last.starts_with("python3")) argv.erase(argv.begin());
  const std::string first = fs::path(entrypoint.front()).filename();
  const bool is_shell = first == "sh" || first == "bash" || first == "dash" || first == "ash";
  if (is_shell && entrypoint.size() > 1 && entrypoint[1].starts_with('-')) return argv;
  std::vector<std::string> whole = entrypoint;
  whole.insert(whole.end(), argv.begin(), argv.end());
  return whole;
}

namespace {

void use_image(const LaunchImage& chosen, Launch& launch) {
  const UnpackedImage& image = chosen.image;
  launch.root = chosen.tree.native();
  launch.user = image.user;
  launch.group = image.group;
  launch.home = image.home;
  launch.image_environment = image.environment;
  launch.argv = with_entrypoint(image.entrypoint, std::move(launch.argv));
}

}  // namespace

Launch plan_launch(const LaunchPlanInput& input) {
  const Task& task = input.task;
  const LayoutInput layout_input{input.project, task.request, task.version, task.inputs};
  Launch launch;
  launch.task = task.id;
  launch.attempt = task.attempt;
  launch.working_directory = code_directory(input.layout, layout_input);
  launch.argv = {"python3", beneath(launch.working_directory, task.request.boot_file)};
  for (std::string& argument : script_arguments(input.layout, layout_input)) {
    launch.argv.push_back(std::move(argument));
  }
  if (input.places.image) use_image(*input.places.image, launch);
  launch.environment = script_variables(input.layout, layout_input);
  launch.environment["CLOUDBRAIN_TASK_ID"] = std::to_string(task.id.value);
  launch.mounts = plan_mounts(input, layout_input);
  launch.network = input.spec.internet;
  launch.accelerator_type = input.spec.accelerator_type;
  launch.accelerators = input.spec.accelerators;
  launch.limits.cpus = input.spec.cpus;
  launch.limits.memory_bytes = input.spec.memory_bytes;
  launch.limits.shared_memory_bytes = input.spec.shared_memory_bytes;
  launch.limits.max_runtime_s = task.request.max_runtime_s;
  launch.limits.log_bytes = kLogLimit;
  return launch;
}

}  // namespace cloudbrain
