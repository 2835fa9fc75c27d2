#include "api/intake/dataset_intake.h"

#include "domain/names.h"

namespace cloudbrain::api {

void check_dataset_target(const Services& services, const store::Project& project,
                          const UploadTarget& target, std::optional<std::uint64_t> size) {
  if (const auto broken = check_dataset_name(target.dataset)) {
    throw Error::fields({{"name", broken->code, broken->message}});
  }
  if (!size) return;
  const auto known = store::Datasets(services.database).find(project.id, target.dataset);
  if (!known || known->size_bytes == static_cast<std::int64_t>(*size)) return;
  throw Error(ErrorKind::conflict, "dataset_name_in_use",
              {fmt::format("The project already has a data set named \"{}\".", target.dataset),
               fmt::format("该项目已有名为“{}”的数据集。", target.dataset)},
              {"Delete it first, or choose another name.", "请先删除它，或换一个名称。"});
}

TakenDataset take_dataset_file(const Services& services, const store::Project& project, UserId user,
                               const UploadTarget& target, const Blob& blob,
                               std::chrono::milliseconds patience) {
  store::Dataset row;
  row.project = project.id;
  row.name = target.dataset;
  row.folder = dataset_folder(row.name);
  row.sha256 = blob.sha256;
  row.size_bytes = static_cast<std::int64_t>(blob.size);
  row.creator = user;
  row.created_at = services.clock.now();
  const auto known = store::Datasets(services.database).find(row.project, row.name);
  if (known && known->sha256 == blob.sha256) return {*known, false};
  return {services.shelf.take(std::move(row), patience), true};
}

}  // namespace cloudbrain::api
