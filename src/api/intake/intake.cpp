#include "api/intake/intake.h"

#include "api/intake/dataset_intake.h"
#include "api/intake/model_intake.h"
#include "store/members.h"
#include "store/users.h"

namespace cloudbrain::api {

namespace {

void need_writer(const Services& services, const store::Project& project, UserId user) {
  if (user == project.owner) return;
  const auto row = store::Users(services.database).find(user);
  if (row && row->is_admin) return;
  const auto role = store::Members(services.database).role_of(project.id, user);
  if (role && *role >= Role::writer) return;
  throw Error(ErrorKind::denied, "not_allowed",
              {fmt::format("You may not change {}/{}.", project.owner_name, project.name),
               fmt::format("您无权修改 {}/{}。", project.owner_name, project.name)});
}

void need_one_target(const UploadTarget& target) {
  if (target.dataset.empty() != target.model.empty()) return;
  throw Error::fields({{"dataset",
                        "upload_target",
                        {"an upload goes to a data set or to a model: name one of them.",
                         "上传必须指定一个数据集或一个模型（二者之一）。"}}});
}

}  // namespace

void check_target(const Services& services, const store::Project& project, UserId user,
                  const UploadTarget& target, std::optional<std::uint64_t> size) {
  need_writer(services, project, user);
  need_one_target(target);
  if (target.model.empty()) {
    check_dataset_target(services, project, target, size);
  } else {
    check_model_target(services, project, target, size);
  }
  if (size) {
    services.quotas.need_storage(project.owner, *size);
    services.blobs.need_room(*size);
  }
}

void take_blob(const Services& services, const store::Project& project, UserId user,
               const UploadTarget& target, const Blob& blob, std::chrono::milliseconds patience) {
  check_target(services, project, user, target, {});
  if (target.model.empty()) {
    take_dataset_file(services, project, user, target, blob, patience);
  } else {
    take_model_file(services, project, user, target, blob);
  }
}

}  // namespace cloudbrain::api
