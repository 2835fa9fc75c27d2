#include "api/models/model_view.h"

#include <cmath>

namespace cloudbrain::api {

namespace {

constexpr std::size_t kMostNotes = 10'000;  // characters
constexpr std::size_t kMostMetrics = 100;
constexpr std::size_t kLongestMetric = 100;  // bytes of its name

std::optional<std::string> if_any(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::map<std::string, double> metrics_of(const store::ModelVersion& version) {
  std::map<std::string, double> metrics;
  for (const store::ModelMetric& metric : version.metrics) metrics[metric.name] = metric.value;
  return metrics;
}

std::optional<ModelTaskView> task_of(const store::ModelVersion& version) {
  if (!version.lineage.task) return std::nullopt;
  const store::ModelOrigin& origin = *version.lineage.task;
  ModelTaskView view;
  if (version.task) view.id = version.task->value;
  view.name = origin.name;
  view.version = version_text(origin.version);
  view.kind = origin.kind;
  return view;
}

ModelLineageView lineage_of(const store::ModelVersion& version) {
  const store::ModelLineage& lineage = version.lineage;
  ModelLineageView view;
  view.task = task_of(version);
  view.commit = if_any(lineage.commit);
  view.branch = if_any(lineage.branch);
  view.boot_file = if_any(lineage.boot_file);
  for (const DatasetInput& input : lineage.datasets) {
    view.datasets.push_back({input.name, input.sha256});
  }
  view.params = lineage.params;
  view.parent_model = lineage.parent_model;
  return view;
}

}  // namespace

store::Model find_model(const Call& call) {
  const std::string& name = call.request.arg("model");
  auto model = store::Models(call.services.database).find(call.project->id, name);
  if (model && (model->is_public || call.role)) return std::move(*model);
  throw Error(ErrorKind::missing, "model_missing",
              {fmt::format("There is no model \"{}\" in {}/{}.", name, call.project->owner_name,
                           call.project->name),
               fmt::format("项目 {}/{} 中没有模型“{}”。", call.project->owner_name,
                           call.project->name, name)});
}

store::ModelVersion find_version(const Call& call, const store::Model& model) {
  const std::string& text = call.request.arg("version");
  const auto number = parse_version(text);
  auto version =
      number ? store::ModelVersions(call.services.database).find(model.id, *number) : std::nullopt;
  if (version) return std::move(*version);
  throw Error(ErrorKind::missing, "version_missing",
              {fmt::format("The model {} has no version \"{}\".", model.name, text),
               fmt::format("模型 {} 没有版本“{}”。", model.name, text)});
}

store::ModelVersion find_ready_version(const Call& call, const store::Model& model) {
  store::ModelVersion version = find_version(call, model);
  if (version.state == store::ModelVersionState::ready) return version;
  throw Error(ErrorKind::conflict, "version_not_ready",
              {fmt::format("{} {} is {}.", model.name, version_text(version.number),
                           enum_name(version.state)),
               fmt::format("{} {} 尚不可用（{}）。", model.name, version_text(version.number),
                           enum_name(version.state))},
              {"Wait until it is ready.", "请等待其就绪。"});
}

ModelView view_of(const store::Model& model) {
  ModelView view;
  view.id = model.id.value;
  view.name = model.name;
  view.project = model.project_owner + "/" + model.project_name;
  view.description = model.description;
  view.framework = model.framework;
  view.public_ = model.is_public;
  view.created_at = model.created_at;
  view.created_by = model.creator_name;
  view.versions = model.versions;
  if (model.latest) view.latest = version_text(*model.latest);
  return view;
}

ModelVersionRowView row_of(const Call& call, const store::ModelVersion& version) {
  ModelVersionRowView view;
  view.id = version.id.value;
  view.version = version_text(version.number);
  view.state = enum_name(version.state);
  if (version.failure) view.failure = call.say(*version.failure);
  view.size = version.size_bytes;
  view.notes = version.notes;
  view.metrics = metrics_of(version);
  view.created_at = version.created_at;
  view.created_by = version.creator_name;
  view.task = task_of(version);
  return view;
}

ModelVersionView view_of(const Call& call, const store::ModelVersion& version) {
  const store::ModelVersions versions(call.services.database);
  ModelVersionRowView row = row_of(call, version);
  ModelVersionView view;
  view.id = row.id;
  view.version = std::move(row.version);
  view.state = std::move(row.state);
  view.failure = std::move(row.failure);
  view.size = row.size;
  view.notes = std::move(row.notes);
  view.metrics = std::move(row.metrics);
  view.created_at = row.created_at;
  view.created_by = std::move(row.created_by);
  for (store::ModelFile& file : versions.files(version.id)) {
    view.files.push_back({std::move(file.path), file.size_bytes, std::move(file.sha256)});
  }
  view.lineage = lineage_of(version);
  for (store::ModelUse& use : versions.uses(version.id)) {
    view.used_by.push_back(
        {use.task.value, std::move(use.name), version_text(use.version), use.kind, use.state});
  }
  return view;
}

std::vector<store::ModelMetric> read_metrics(const std::map<std::string, double>& metrics,
                                             std::vector<FieldProblem>& problems) {
  std::vector<store::ModelMetric> read;
  if (metrics.size() > kMostMetrics) {
    problems.push_back({"metrics",
                        "too_many",
                        {fmt::format("{} metrics; at most {}.", metrics.size(), kMostMetrics),
                         fmt::format("共 {} 个指标，最多 {} 个。", metrics.size(), kMostMetrics)}});
    return read;
  }
  for (const auto& [name, value] : metrics) {
    if (name.empty() || name.size() > kLongestMetric || !std::isfinite(value)) {
      problems.push_back(
          {"metrics." + std::string(first_characters(name, kLongestMetric)),
           "metric",
           {fmt::format("a metric has a name of 1 to {} bytes and a finite number.",
                        kLongestMetric),
            fmt::format("指标名称应为 1 到 {} 字节，数值应为有限数。", kLongestMetric)}});
    }
    read.push_back({name, value});
  }
  return read;
}

void check_notes(std::string_view notes, std::vector<FieldProblem>& problems) {
  const std::size_t length = count_characters(notes);
  if (length <= kMostNotes) return;
  problems.push_back({"notes",
                      "notes_too_long",
                      {fmt::format("has {} characters; at most {}.", length, kMostNotes),
                       fmt::format("共 {} 个字符，最多 {} 个。", length, kMostNotes)}});
}

}  // namespace cloudbrain::api
