#include "api/intake/dataset_intake.h"

#include "domain/names.h"

namespace cloudbrain::api {

void check_dataset_target(const Services& services, const store::Project& project,
                          const UploadTarget& target, std::optional<std::uint64_t> size) {
  std::vector<FieldProblem> problems;
  if (const auto broken = check_dataset_name(target.dataset)) {
    problems.push_back({"name", broken->code, broken->message});
  }
  if (const auto broken = check_dataset_name(target.file); broken && problems.empty()) {
    problems.push_back({"file", broken->code, broken->message});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
  if (!size) return;
  const auto home = store::Datasets(services.database).find(project.id, target.dataset);
  if (!home) return;
  const auto known = store::DatasetFiles(services.database).find(home->id, target.file);
  if (!known || known->size_bytes == static_cast<std::int64_t>(*size)) return;
  throw Error(
      ErrorKind::conflict, "dataset_name_in_use",
      {fmt::format("The data set {} already has a file named \"{}\".", target.dataset, target.file),
       fmt::format("数据集 {} 中已有名为“{}”的文件。", target.dataset, target.file)},
      {"Delete it first, or choose another name.", "请先删除它，或换一个名称。"});
}

store::DatasetFiles::Added take_dataset_file(const Services& services,
                                             const store::Project& project, UserId user,
                                             const UploadTarget& target, const Blob& blob,
                                             std::chrono::milliseconds patience) {
  if (blob.size == 0) {
    throw Error(ErrorKind::invalid, "empty_upload", {"The upload has no bytes.", "上传内容为空。"});
  }
  store::Dataset home;
  home.project = project.id;
  home.name = target.dataset;
  store::DatasetFile file;
  file.name = target.file;
  file.folder = dataset_folder(file.name);
  file.sha256 = blob.sha256;
  file.size_bytes = static_cast<std::int64_t>(blob.size);
  file.creator = user;
  file.created_at = services.clock.now();
  return services.shelf.take(home, std::move(file), patience);
}

}  // namespace cloudbrain::api
