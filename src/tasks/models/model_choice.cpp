#include "tasks/models/model_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/models/model_versions.h"

namespace cloudbrain {

namespace {

constexpr std::size_t kNamed = 5;  // of a list in a message

std::optional<FieldProblem> check_state(const store::Model& model,
                                        const store::ModelVersion& version) {
  const std::string name = fmt::format("{} {}", model.name, version_text(version.number));
  switch (version.state) {
    case store::ModelVersionState::ready:
      return std::nullopt;
    case store::ModelVersionState::importing:
      return FieldProblem{"model.version",
                          "version_not_ready",
                          {fmt::format("{} is still being imported; wait until it is ready.", name),
                           fmt::format("{} 正在导入，请等待其就绪。", name)}};
    case store::ModelVersionState::failed:
      return FieldProblem{"model.version",
                          "version_failed",
                          {fmt::format("{} could not be imported; choose another version.", name),
                           fmt::format("{} 导入失败，请选择其他版本。", name)}};
  }
  return std::nullopt;
}

FieldProblem version_missing(const store::Model& model, const std::string& wanted) {
  const std::string newest = model.latest ? version_text(*model.latest) : "";
  return {"model.version",
          "version_missing",
          {fmt::format("The model {} has no version \"{}\"; {}.", model.name, wanted,
                       newest.empty() ? "it has none yet" : "the newest is " + newest),
           fmt::format("模型 {} 没有版本“{}”，{}。", model.name, wanted,
                       newest.empty() ? "尚无任何版本" : "最新版本为 " + newest)}};
}

std::string names_of(const std::vector<store::ModelFile>& files) {
  std::vector<std::string_view> names;
  for (const store::ModelFile& file : files) {
    if (names.size() < kNamed) names.emplace_back(file.path);
  }
  if (files.size() > kNamed) names.emplace_back("…");
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<FieldProblem> settle_file(const std::vector<store::ModelFile>& files,
                                        std::string& file) {
  if (files.empty()) {
    return FieldProblem{
        "model.version",
        "version_empty",
        {"This version has no files yet; upload them first.", "该版本还没有文件，请先上传。"}};
  }
  if (file.empty() && files.size() == 1) file = files.front().path;
  if (file.empty()) {
    return FieldProblem{
        "model.file",
        "file_required",
        {fmt::format("Name the file, since there are several: {}.", names_of(files)),
         fmt::format("该版本有多个文件，请指定其中一个：{}。", names_of(files))}};
  }
  for (const store::ModelFile& known : files) {
    if (known.path == file) return std::nullopt;
  }
  return FieldProblem{"model.file",
                      "model_file_missing",
                      {fmt::format("There is no file \"{}\" in this version; there are: {}.", file,
                                   names_of(files)),
                       fmt::format("该版本中没有文件“{}”，可选：{}。", file, names_of(files))}};
}

std::optional<FieldProblem> settle(store::Database& database, const store::Project& project,
                                   ModelChoice& choice) {
  const auto model = store::Models(database).find(project.id, choice.name);
  if (!model) {
    return FieldProblem{
        "model.name",
        "model_missing",
        {fmt::format("{}/{} has no model \"{}\".", project.owner_name, project.name, choice.name),
         fmt::format("{}/{} 没有模型“{}”。", project.owner_name, project.name, choice.name)}};
  }
  choice.name = model->name;
  const store::ModelVersions versions(database);
  const auto version = versions.find(model->id, parse_version(choice.version).value_or(0));
  if (!version) return version_missing(*model, choice.version);
  if (auto problem = check_state(*model, *version)) return problem;
  return settle_file(versions.files(version->id), choice.file);
}

}  // namespace

std::vector<FieldProblem> settle_model_choice(store::Database& database,
                                              const store::Project& project, TaskRequest& request) {
  if (!request.model) {
    if (request.kind != TaskKind::inference) return {};
    return {{"model",
             "model_required",
             {"An inference task needs a model that was imported into the project beforehand.",
              "推理任务需要预先导入模型到项目中。"}}};
  }
  if (auto problem = settle(database, project, *request.model)) return {std::move(*problem)};
  return {};
}

}  // namespace cloudbrain
