#include "api/intake/model_intake.h"

#include "domain/names.h"

namespace cloudbrain::api {

namespace {

store::Model find_model(const Services& services, const store::Project& project,
                        const UploadTarget& target) {
  auto model = store::Models(services.database).find(project.id, target.model);
  if (model) return std::move(*model);
  throw Error(
      ErrorKind::missing, "model_missing",
      {fmt::format("There is no model \"{}\" in {}/{}.", target.model, project.owner_name,
                   project.name),
       fmt::format("项目 {}/{} 中没有模型“{}”。", project.owner_name, project.name, target.model)},
      {"Make it first.", "请先创建该模型。"});
}

store::ModelVersion find_version(const Services& services, const store::Model& model,
                                 const UploadTarget& target) {
  const auto number = parse_version(target.version);
  auto version =
      number ? store::ModelVersions(services.database).find(model.id, *number) : std::nullopt;
  if (version) return std::move(*version);
  throw Error(ErrorKind::missing, "version_missing",
              {fmt::format("The model {} has no version \"{}\".", model.name, target.version),
               fmt::format("模型 {} 没有版本“{}”。", model.name, target.version)});
}

}  // namespace

void check_model_target(const Services& services, const store::Project& project,
                        const UploadTarget& target, std::optional<std::uint64_t> size) {
  if (const auto broken = check_model_path(target.file)) {
    throw Error::fields({{"file", broken->code, broken->message}});
  }
  const store::Model model = find_model(services, project, target);
  if (target.version.empty()) return;
  const store::ModelVersion version = find_version(services, model, target);
  const store::ModelVersions versions(services.database);
  const auto known = versions.find_file(version.id, target.file);
  const std::int64_t same = known ? known->size_bytes : 0;
  versions.need_free(version.id, {target.file, size ? static_cast<std::int64_t>(*size) : same, {}});
}

ModelVersionId take_model_file(const Services& services, const store::Project& project, UserId user,
                               const UploadTarget& target, const Blob& blob) {
  const store::Model model = find_model(services, project, target);
  const store::ModelFile file{target.file, static_cast<std::int64_t>(blob.size), blob.sha256};
  if (!target.version.empty()) {
    const store::ModelVersion version = find_version(services, model, target);
    services.models.add_file(version.id, file);
    return version.id;
  }
  const store::ModelVersion made = services.models.make_empty(model, {.creator = user});
  try {
    services.models.add_file(made.id, file);
  } catch (const Error&) {
    services.models.remove(made);
    throw;
  }
  return made.id;
}

}  // namespace cloudbrain::api
