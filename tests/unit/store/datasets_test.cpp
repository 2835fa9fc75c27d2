#include <gmock/gmock.h>

#include "rows.h"
#include "store/contents.h"

namespace cloudbrain::store {
namespace {

TEST_F(StoreTest, ADatasetComesBackAsItWasStored) {
  Dataset stored = dataset("手写.zip", "aa");
  stored.failure = Text{"Corrupt.", "损坏。"};
  stored.state = DatasetState::failed;
  stored.size_bytes = 5'000'000'000;
  stored.id = datasets_.insert(stored);
  EXPECT_EQ(datasets_.find(stored.id), stored);
  EXPECT_EQ(datasets_.find(lenet_, "手写.zip"), stored);
  EXPECT_EQ(datasets_.list(lenet_), std::vector{stored});
}

TEST_F(StoreTest, ADatasetNameIsTakenOncePerProject) {
  datasets_.insert(dataset("a.zip", "aa"));
  EXPECT_EQ(error_code([&] { datasets_.insert(dataset("a.zip", "bb")); }), "dataset_name_in_use");
}

TEST_F(StoreTest, ARestartFindsTheDatasetsThatAreNotReady) {
  Dataset a = dataset("a.zip", "aa");
  a.id = datasets_.insert(a);
  Dataset b = dataset("b.zip", "bb");
  b.id = datasets_.insert(b);
  b.state = DatasetState::ready;
  b.progress = 100;
  b.files = 60'000;
  EXPECT_TRUE(datasets_.update(b));
  EXPECT_EQ(datasets_.unfinished(), std::vector{a});
  EXPECT_EQ(datasets_.find(b.id), b);

  EXPECT_TRUE(datasets_.remove(b.id));
  EXPECT_FALSE(datasets_.update(b));
  EXPECT_FALSE(datasets_.remove(b.id));
}

TEST_F(StoreTest, ADatasetStaysWhileATaskThatHasNotEndedUsesIt) {
  const DatasetId id = datasets_.insert(dataset("a.zip", "aa"));
  Task user = task("reader");
  user.inputs = {{"a.zip", "a", "aa"}};
  const TaskId task_id = tasks_.insert(user, event("submitted"));

  try {
    datasets_.remove(id);
    FAIL() << "removed while in use";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "dataset_in_use");
    EXPECT_THAT(error.message().en, testing::HasSubstr("reader"));
    EXPECT_THAT(error.message().zh, testing::HasSubstr("reader"));
  }

  set_state(task_id, TaskState::FAILED);
  EXPECT_TRUE(datasets_.remove(id));
  EXPECT_EQ(tasks_.find(task_id)->inputs, user.inputs);  // the record stays
}

TEST_F(StoreTest, ContentIsUsedByDatasetsAndByLiveTasks) {
  EXPECT_FALSE(is_content_used(database_, "aa"));
  const DatasetId first = datasets_.insert(dataset("a.zip", "aa"));
  const DatasetId second = datasets_.insert(dataset("same-as-a.zip", "aa"));
  EXPECT_TRUE(datasets_.remove(first));
  EXPECT_TRUE(is_content_used(database_, "aa"));
  EXPECT_TRUE(datasets_.remove(second));
  EXPECT_FALSE(is_content_used(database_, "aa"));
}

TEST_F(StoreTest, ATaskIsRefusedWhoseDatasetWasReplacedMeanwhile) {
  datasets_.insert(dataset("a.zip", "bb"));
  Task late = task("late");
  late.inputs = {{"a.zip", "a", "aa"}};
  EXPECT_EQ(error_code([&] { tasks_.insert(late, event("submitted")); }), "dataset_changed");
}

}  // namespace
}  // namespace cloudbrain::store
