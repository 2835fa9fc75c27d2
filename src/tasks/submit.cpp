#include "tasks/submit.h"

#include "base/json.h"
#include "domain/layouts.h"
#include "domain/names.h"
#include "tasks/dataset_choice.h"
#include "tasks/launch/launch_plan.h"
#include "tasks/models/model_choice.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kMostParameters = 200;
constexpr std::size_t kMostArgumentBytes = 256U << 10U;
constexpr std::int64_t kLongestRuntime = std::int64_t{365} * 86'400;

// Collects every problem of one request.
class Problems {
 public:
  void add(std::string field, std::string code, Text message) {
    list_.push_back({std::move(field), std::move(code), std::move(message)});
  }
  void add(std::string field, const std::optional<RuleProblem>& broken) {
    if (broken) add(std::move(field), broken->code, broken->message);
  }
  void add(std::vector<FieldProblem> problems) {
    std::ranges::move(problems, std::back_inserter(list_));
  }
  void throw_if_any() {
    if (!list_.empty()) throw Error::fields(std::move(list_));
  }

 private:
  std::vector<FieldProblem> list_;
};

template <typename Named>
std::string names_of(const std::vector<Named>& all) {
  std::string names;
  for (const Named& one : all) names += (names.empty() ? "" : ", ") + one.name;
  return names;
}

void check_words(const TaskRequest& request, Problems& problems) {
  problems.add("name", check_task_name(request.name));
  problems.add("description", check_description(request.description));
  problems.add("boot_file", check_boot_file(request.boot_file));
}

void check_parameters(const TaskRequest& request, Problems& problems) {
  if (request.params.size() > kMostParameters) {
    problems.add(
        "params", "too_many",
        {fmt::format("{} parameters; at most {}.", request.params.size(), kMostParameters),
         fmt::format("共 {} 个运行参数，最多 {} 个。", request.params.size(), kMostParameters)});
    return;
  }
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < request.params.size(); ++i) {
    const Parameter& parameter = request.params[i];
    problems.add(fmt::format("params[{}].name", i), check_parameter_name(parameter.name));
    problems.add(fmt::format("params[{}].value", i), check_parameter_value(parameter.value));
    bytes += parameter.name.size() + parameter.value.size() + 4;
  }
  if (bytes > kMostArgumentBytes) {
    problems.add("params", "too_long",
                 {fmt::format("The parameters have {} bytes together; at most {}.", bytes,
                              kMostArgumentBytes),
                  fmt::format("运行参数共 {} 字节，最多 {} 字节。", bytes, kMostArgumentBytes)});
  }
}

void check_place(const TaskRequest& request, const Catalogue& catalogue, Problems& problems) {
  const Cluster* cluster = catalogue.find_cluster(request.cluster);
  if (cluster == nullptr) {
    problems.add("cluster", "cluster_missing",
                 {fmt::format("There is no cluster \"{}\"; there are: {}.", request.cluster,
                              names_of(catalogue.clusters())),
                  fmt::format("没有算力集群“{}”，可选：{}。", request.cluster,
                              names_of(catalogue.clusters()))});
  } else if (std::find(cluster->computes.begin(), cluster->computes.end(), request.compute) ==
             cluster->computes.end()) {
    problems.add("compute", "compute_missing",
                 {fmt::format("The cluster {} has no compute resource \"{}\".", cluster->name,
                              request.compute),
                  fmt::format("算力集群 {} 没有计算资源“{}”。", cluster->name, request.compute)});
  }
}

void check_runtime(const TaskRequest& request, const Catalogue& catalogue, Problems& problems) {
  const Cluster* cluster = catalogue.find_cluster(request.cluster);
  std::int64_t most = kLongestRuntime;
  if (cluster != nullptr && cluster->max_runtime_s > 0) {
    most = std::min(most, cluster->max_runtime_s);
  }
  if (request.max_runtime_s >= 1 && request.max_runtime_s <= most) return;
  problems.add("max_runtime_s", "out_of_range",
               {fmt::format("{} s is not between 1 and {}.", request.max_runtime_s, most),
                fmt::format("{} 秒不在 1 到 {} 之间。", request.max_runtime_s, most)});
}

void check_image(const TaskRequest& request, const Catalogue& catalogue, store::Database& database,
                 ImageShelf& images, Problems& problems) {
  const Cluster* cluster = catalogue.find_cluster(request.cluster);
  if (cluster == nullptr) return;
  std::vector<FieldProblem> found = check_image_choice(database, *cluster, request);
  const bool fine = found.empty();
  problems.add(std::move(found));
  if (!fine || request.image == kHostImage) return;
  if (const std::optional<Text> why = images.store().why_none()) {
    problems.add("image", "images_impossible", *why);
  }
}

std::optional<Text> why_impossible(const Spec& spec, const Cluster& cluster,
                                   const Catalogue& catalogue) {
  Launch launch;
  launch.limits.cpus = spec.cpus;
  launch.limits.memory_bytes = spec.memory_bytes;
  launch.accelerator_type = spec.accelerator_type;
  launch.accelerators = spec.accelerators;
  return catalogue.engine_of(cluster).why_impossible(launch);
}

// The largest that can run of those no larger than what was asked for, in words; empty: none.
Text nearest_possible(const Spec& wanted, const TaskRequest& request, const Cluster& cluster,
                      const Catalogue& catalogue) {
  const auto size = [](const Spec& spec) {
    return std::tuple(spec.accelerators, spec.cpus, spec.memory_bytes);
  };
  std::optional<Spec> nearest;
  for (const Spec& spec : catalogue.specs()) {
    const bool serves = spec_serves(spec, request.compute, cluster, enum_name(request.kind)) &&
                        size(spec) <= size(wanted);
    if (!serves || why_impossible(spec, cluster, catalogue)) continue;
    if (!nearest || size(spec) > size(*nearest)) nearest = spec;
  }
  if (!nearest) return {};
  return {
      fmt::format(" The nearest that can run is {} ({}).", nearest->name, spec_text_en(*nearest)),
      fmt::format("可运行的最接近规格是 {}（{}）。", nearest->name, spec_text_zh(*nearest))};
}

// The cluster has the compute resource by name, and nothing that it could run on.
bool check_devices(const TaskRequest& request, const Cluster& cluster, const Catalogue& catalogue,
                   Problems& problems) {
  const auto& named = cluster.computes;
  if (std::ranges::find(named, request.compute) == named.end()) return true;  // told already
  const std::vector<Spec> specs = catalogue.specs();
  const bool any = std::ranges::any_of(specs, [&](const Spec& spec) {
    return spec_serves(spec, request.compute, cluster, enum_name(request.kind));
  });
  if (any) return true;
  const std::string device = request.compute == "npu" ? "Ascend NPU" : request.compute;
  problems.add(
      "compute", "accelerator_missing",
      {fmt::format("{} has no {} and no spec with one. Choose another cluster or compute resource; "
                   "to try the script on the CPU, the administrator can set simulate = true for {} "
                   "in clusters.toml.",
                   cluster.name, device, cluster.name),
       fmt::format("集群 {} 没有 {}，也没有包含它的资源规格。请选择其他集群或计算资源；若要在 CPU "
                   "上试运行脚本，管理员可在 clusters.toml 中为 {} 设置 simulate = true。",
                   cluster.name, device, cluster.name)});
  return false;
}

void check_spec(const TaskRequest& request, const Catalogue& catalogue, Problems& problems) {
  const Spec* spec = catalogue.find_spec(request.spec);
  if (spec == nullptr) {
    problems.add(
        "spec", "spec_missing",
        {fmt::format("There is no spec \"{}\"; there are: {}.", request.spec,
                     names_of(catalogue.specs())),
         fmt::format("没有资源规格“{}”，可选：{}。", request.spec, names_of(catalogue.specs()))});
    return;
  }
  const Cluster* cluster = catalogue.find_cluster(request.cluster);
  if (cluster == nullptr || !check_devices(request, *cluster, catalogue, problems)) return;
  if (!spec_serves(*spec, request.compute, *cluster, enum_name(request.kind))) {
    Text told{fmt::format("The spec {} is not for {} tasks of the compute resource {} on {}.",
                          spec->name, enum_name(request.kind), request.compute, request.cluster),
              fmt::format("资源规格 {} 不适用于集群 {} 上计算资源 {} 的此类任务。", spec->name,
                          request.cluster, request.compute)};
    if (spec->compute != request.compute) {
      told.en += fmt::format(" It is one of {}: choose that compute resource.", spec->compute);
      told.zh += fmt::format("它属于计算资源 {}，请选择该计算资源。", spec->compute);
    }
    problems.add("spec", "spec_does_not_fit", std::move(told));
    return;
  }
  const std::optional<Text> why = why_impossible(*spec, *cluster, catalogue);
  if (!why) return;
  const Text other = nearest_possible(*spec, request, *cluster, catalogue);
  problems.add("spec", "spec_impossible", {why->en + other.en, why->zh + other.zh});
}

// Branch and boot file as they are now. Gives the commit, empty where there is a problem.
std::string check_code(const store::Project& project, const TaskRequest& request,
                       RevisionReader& revisions, Problems& problems) {
  const std::optional<std::string> commit = revisions.resolve(project.id, request.branch);
  if (!commit) {
    problems.add("branch", "branch_missing",
                 {fmt::format("{}/{} has no branch \"{}\". Push it first, or choose another.",
                              project.owner_name, project.name, request.branch),
                  fmt::format("{}/{} 没有分支“{}”，请先推送或选择其他分支。", project.owner_name,
                              project.name, request.branch)});
    return {};
  }
  if (!check_boot_file(request.boot_file) &&
      !revisions.file_exists(project.id, *commit, request.boot_file)) {
    problems.add("boot_file", "boot_file_missing",
                 {fmt::format("There is no file \"{}\" in branch {} (commit {}).",
                              request.boot_file, request.branch, commit->substr(0, 10)),
                  fmt::format("分支 {}（提交 {}）中没有文件“{}”。", request.branch,
                              commit->substr(0, 10), request.boot_file)});
  }
  return *commit;
}

}  // namespace

Submit::Submit(Parts parts) : parts_(parts), tasks_(parts.database) {}

Task Submit::check(const store::Project& project, UserId creator, const TaskRequest& request) {
  Problems problems;
  check_words(request, problems);
  check_parameters(request, problems);
  check_place(request, parts_.catalogue, problems);
  check_runtime(request, parts_.catalogue, problems);
  check_image(request, parts_.catalogue, parts_.database, parts_.images, problems);
  check_spec(request, parts_.catalogue, problems);
  Task task;
  task.commit = check_code(project, request, parts_.revisions, problems);
  DatasetChoice data = settle_dataset_choice(parts_.database, project, request.datasets);
  task.inputs = std::move(data.inputs);
  problems.add(std::move(data.problems));
  task.request = request;
  for (FieldProblem& problem : settle_model_choice(parts_.database, project, task.request)) {
    problems.add(std::move(problem.field), std::move(problem.code), std::move(problem.message));
  }
  problems.throw_if_any();
  task.project = project.id;
  task.creator = creator;
  task.created_at = parts_.clock.now();
  return task;
}

store::Event Submit::submitted(const Task& task) const {
  store::Event event;
  event.at = task.created_at;
  event.code = "submitted";
  event.message = {fmt::format("Submitted at commit {}.", task.commit.substr(0, 10)),
                   fmt::format("已提交，代码版本 {}。", task.commit.substr(0, 10))};
  return event;
}

void Submit::admit(const Task& task, const std::function<void()>& insert) {
  const Quota quota = parts_.quotas.quota(task.creator);
  if (!QuotaCheck::limits_tasks(quota)) return insert();
  const std::lock_guard turn(quota_turn_);
  parts_.quotas.need_task(task.creator, quota, task.request);
  insert();
}

Task Submit::submit(const store::Project& project, UserId creator, const TaskRequest& request) {
  Task task = check(project, creator, request);
  admit(task, [&] { task.id = tasks_.insert(task, submitted(task)); });
  parts_.conductor.wake(task.id);
  return task;
}

Task Submit::modify(const store::Project& project, UserId creator, const Task& parent,
                    const TaskRequest& request) {
  Task task = check(project, creator, request);
  if (request.name != parent.request.name || request.kind != parent.request.kind) {
    throw Error(ErrorKind::invalid, "name_is_fixed",
                {fmt::format("A new version keeps the name \"{}\" and the kind of the task.",
                             parent.request.name),
                 fmt::format("新版本沿用任务名称“{}”和任务类型。", parent.request.name)});
  }
  task.parent = parent.id;
  admit(task, [&] { task = tasks_.insert_next_version(task, submitted(task)); });
  parts_.conductor.wake(task.id);
  return task;
}

}  // namespace cloudbrain
