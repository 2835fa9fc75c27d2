#include "tasks/quota_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace cloudbrain {

namespace {

const Text kEarlierTasks{"Wait until earlier ones have ended, or stop one.",
                         "请等待之前的任务结束，或停止其中一个。"};

void need_one_more(TaskKind kind, const std::optional<std::int64_t>& limit, std::int64_t used) {
  if (!limit || used < *limit) return;
  const bool train = kind == TaskKind::train;
  throw Error(
      ErrorKind::conflict, "quota_tasks",
      {fmt::format("Your quota of {} tasks at a time is {}, and you have {} that have not ended.",
                   train ? "training" : "inference", *limit, used),
       fmt::format("您的配额为同时 {} 个{}任务，现有 {} 个尚未结束。", *limit,
                   train ? "训练" : "推理", used)},
      kEarlierTasks);
}

void need_accelerators(std::int64_t wanted, const std::optional<std::int64_t>& limit,
                       std::int64_t used) {
  if (!limit || wanted == 0 || used + wanted <= *limit) return;
  throw Error(
      ErrorKind::conflict, "quota_accelerators",
      {fmt::format("This task needs accelerators: {}. Your quota is {} at a time, and your tasks "
                   "that have not ended have {}.",
                   wanted, *limit, used),
       fmt::format("该任务需要 {} 张加速卡；您的配额为同时 {} 张，尚未结束的任务占用 {} 张。",
                   wanted, *limit, used)},
      wanted > *limit ? Text{"Choose a smaller spec, or ask the administrator for more.",
                             "请选择更小的资源规格，或联系管理员提高配额。"}
                      : kEarlierTasks);
}

Error storage_quota_exceeded(std::int64_t limit, std::int64_t used) {
  return Error(
      ErrorKind::no_space, "quota_storage",
      {fmt::format("The project owner's quota is {} bytes of storage, and {} are used.", limit,
                   used),
       fmt::format("项目所有者的存储配额为 {} 字节，已使用 {} 字节。", limit, used)},
      {"Delete data sets, models or projects that nobody needs, or ask the administrator for more.",
       "请删除不再需要的数据集、模型或项目，或联系管理员提高配额。"});
}

}  // namespace

bool QuotaCheck::limits_tasks(const Quota& quota) {
  return quota.tasks_train || quota.tasks_inference || quota.accelerators;
}

QuotaUsage QuotaCheck::usage(UserId user) const {
  QuotaUsage usage = task_usage(user);
  usage.storage_bytes = storage_bytes(user);
  return usage;
}

void QuotaCheck::need_task(UserId creator, const Quota& quota, const TaskRequest& request) const {
  if (!limits_tasks(quota)) return;
  const QuotaUsage used = task_usage(creator);
  switch (request.kind) {
    case TaskKind::train:
      need_one_more(request.kind, quota.tasks_train, used.tasks_train);
      break;
    case TaskKind::inference:
      need_one_more(request.kind, quota.tasks_inference, used.tasks_inference);
      break;
  }
  need_accelerators(accelerators_of(request), quota.accelerators, used.accelerators);
}

std::optional<std::uint64_t> QuotaCheck::storage_left(UserId owner) const {
  const std::optional<std::int64_t> limit = quota(owner).storage_bytes;
  if (!limit) return std::nullopt;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, *limit - storage_bytes(owner)));
}

void QuotaCheck::need_storage(UserId owner, std::uint64_t bytes) const {
  const std::optional<std::int64_t> limit = quota(owner).storage_bytes;
  if (!limit) return;
  const std::int64_t used = storage_bytes(owner);
  if (used < *limit && bytes <= static_cast<std::uint64_t>(*limit - used)) return;
  throw storage_quota_exceeded(*limit, used);
}

QuotaUsage QuotaCheck::task_usage(UserId user) const {
  QuotaUsage usage;
  for (const TaskRequest& request : rows_.live_tasks(user)) {
    switch (request.kind) {
      case TaskKind::train:
        ++usage.tasks_train;
        break;
      case TaskKind::inference:
        ++usage.tasks_inference;
        break;
    }
    usage.accelerators += accelerators_of(request);
  }
  return usage;
}

std::int64_t QuotaCheck::storage_bytes(UserId owner) const {
  std::int64_t bytes =
      rows_.dataset_bytes(owner) + rows_.model_bytes(owner) + rows_.upload_bytes(owner);
  for (const ProjectId project : rows_.owned_projects(owner)) {
    bytes += static_cast<std::int64_t>(tree_size(parts_.repositories.path(project)));
  }
  return bytes;
}

std::int64_t QuotaCheck::accelerators_of(const TaskRequest& request) const {
  const Spec* spec = parts_.catalogue.find_spec(request.spec);
  return spec == nullptr ? 0 : spec->accelerators;
}

}  // namespace cloudbrain
