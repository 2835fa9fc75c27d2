#include "tasks/quota_check.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "store/events.h"
#include "store/projects.h"
#include "store/tasks.h"
#include "store/users.h"

namespace cloudbrain {
namespace {

class QuotaCheckTest : public testing::Test {
 protected:
  QuotaCheckTest() {
    ada_ = store::Users(database_).create({.name = "ada"});
    project_ = store::Projects(database_).create({.owner = ada_, .name = "lenet"});
    repositories_.create(project_);
  }

  static TaskRequest request(std::string spec, TaskKind kind = TaskKind::train) {
    TaskRequest request;
    request.kind = kind;
    request.spec = std::move(spec);
    return request;
  }
  void submit(const TaskRequest& request) {
    Task task;
    task.project = project_;
    task.creator = ada_;
    task.request = request;
    task.request.name = fmt::format("task{}", ++tasks_);
    task.commit = std::string(40, 'a');
    store::Tasks(database_).insert(task,
                                   {.code = "submitted", .message = {"Submitted.", "已提交。"}});
  }
  std::string refusal(const Quota& quota, const TaskRequest& request) {
    try {
      quotas_.need_task(ada_, quota, request);
    } catch (const Error& error) {
      return error.code() + ": " + error.message().en;
    }
    return {};
  }

  TemporaryDirectory directory_;
  store::Database database_{directory_.path() / "cloudbrain.db"};
  Repositories repositories_{directory_.path() / "repositories"};
  const Catalogue catalogue_{{},
                             {},
                             {{.name = "cpu-1"},
                              {.name = "gpu-1", .accelerators = 1},
                              {.name = "gpu-4", .accelerators = 4}}};
  const QuotaCheck quotas_{{database_, catalogue_, repositories_}};
  UserId ada_;
  ProjectId project_;
  int tasks_ = 0;
};

TEST_F(QuotaCheckTest, EachKindOfTaskHasItsOwnLimit) {
  const Quota quota{.tasks_train = 1, .tasks_inference = 1};
  submit(request("cpu-1"));
  EXPECT_EQ(
      refusal(quota, request("cpu-1")),
      "quota_tasks: Your quota of training tasks at a time is 1, and you have 1 that have not "
      "ended.");
  EXPECT_EQ(refusal(quota, request("cpu-1", TaskKind::inference)), "");
  submit(request("cpu-1", TaskKind::inference));
  EXPECT_NE(refusal(quota, request("cpu-1", TaskKind::inference)), "");
  EXPECT_EQ(refusal({.tasks_train = 2}, request("cpu-1")), "");
  EXPECT_EQ(refusal({}, request("cpu-1")), "");
}

TEST_F(QuotaCheckTest, AcceleratorsOfAllTasksCountTogether) {
  const Quota quota{.accelerators = 5};
  submit(request("gpu-4"));
  EXPECT_EQ(refusal(quota, request("gpu-1", TaskKind::inference)), "");
  submit(request("gpu-1", TaskKind::inference));
  EXPECT_EQ(quotas_.usage(ada_).accelerators, 5);
  EXPECT_EQ(refusal(quota, request("gpu-1")),
            "quota_accelerators: This task needs accelerators: 1. Your quota is 5 at a time, and "
            "your tasks that have not ended have 5.");
  EXPECT_EQ(refusal(quota, request("cpu-1")), "") << "needs none";
  EXPECT_EQ(refusal({.accelerators = 0}, request("cpu-1")), "");
}

TEST_F(QuotaCheckTest, ATaskWhoseSpecIsGoneStillCountsAsATask) {
  submit(request("sold"));
  EXPECT_EQ(quotas_.usage(ada_).tasks_train, 1);
  EXPECT_EQ(quotas_.usage(ada_).accelerators, 0);
}

TEST_F(QuotaCheckTest, StorageIsWhatTheOwnerHasLeft) {
  EXPECT_FALSE(quotas_.storage_left(ada_));
  EXPECT_NO_THROW(quotas_.need_storage(ada_, UINT64_MAX));
  const std::int64_t used = quotas_.usage(ada_).storage_bytes;
  EXPECT_EQ(used, static_cast<std::int64_t>(tree_size(repositories_.path(project_))));
  const auto limit = [&](std::int64_t bytes) {
    store::Users(database_).change(ada_, {.quota = std::optional(Quota{.storage_bytes = bytes})});
  };
  limit(used + 10);
  EXPECT_EQ(quotas_.storage_left(ada_), 10U);
  EXPECT_NO_THROW(quotas_.need_storage(ada_, 10));
  EXPECT_THROW(quotas_.need_storage(ada_, 11), Error);
  EXPECT_THROW(quotas_.need_storage(ada_, UINT64_MAX), Error);
  limit(0);
  EXPECT_EQ(quotas_.storage_left(ada_), 0U) << "never less than nothing";
  EXPECT_THROW(quotas_.need_storage(ada_, 0), Error) << "already too much";
}

}  // namespace
}  // namespace cloudbrain
