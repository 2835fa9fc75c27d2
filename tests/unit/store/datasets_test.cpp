#include <gmock/gmock.h>

#include "rows.h"
#include "store/contents.h"
#include "store/datasets/dataset_uses.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/statement.h"

namespace cloudbrain::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DatasetsTest : public StoreTest {
 protected:
  ProjectId other_project(bool is_private = false) {
    return projects_.create(
        {.owner = ada_, .name = "other", .is_private = is_private, .created_at = at(0)});
  }
  // A task of lenet that uses this input.
  TaskId use(std::string name, DatasetInput input) {
    Task user = task(std::move(name));
    user.inputs = {std::move(input)};
    return tasks_.insert(user, event("submitted"));
  }
  Dataset publish(const std::string& name) {
    Dataset published = datasets_.find(lenet_, name).value();
    published.is_public = true;
    EXPECT_TRUE(datasets_.update(published));
    return published;
  }
};

TEST_F(DatasetsTest, OneComesBackAsItWasStored) {
  Dataset stored = dataset("人脸");
  stored.description = "五千张";
  stored.is_public = true;
  stored.id = datasets_.insert(stored);
  EXPECT_EQ(datasets_.find(stored.id), stored);
  EXPECT_EQ(datasets_.find(lenet_, "人脸"), stored);
  EXPECT_EQ(datasets_.list(lenet_), std::vector{stored});
}

TEST_F(DatasetsTest, AFileComesBackAsItWasStored) {
  DatasetFile stored = file("手写.zip", "aa");
  stored.failure = Reason{"archive_corrupt", {"Corrupt.", "损坏。"}, {"Again.", "重试。"}};
  stored.state = DatasetState::failed;
  stored.size_bytes = 5'000'000'000;
  const DatasetFiles::Added added = files_.add(dataset("手写"), stored);
  EXPECT_TRUE(added.is_new);
  EXPECT_TRUE(added.is_set_new);
  stored.id = added.file.id;
  stored.dataset = added.file.dataset;
  EXPECT_EQ(files_.find(stored.id), stored);
  EXPECT_EQ(files_.find(stored.dataset, "手写.zip"), stored);
  EXPECT_EQ(files_.list(stored.dataset), std::vector{stored});
}

TEST_F(DatasetsTest, ANameIsTakenOncePerProject) {
  datasets_.insert(dataset("a"));
  EXPECT_EQ(error_code([&] { datasets_.insert(dataset("a")); }), "dataset_name_in_use");
  Dataset b = dataset("b");
  b.id = datasets_.insert(b);
  b.name = "a";
  EXPECT_EQ(error_code([&] { datasets_.update(b); }), "dataset_name_in_use");
}

TEST_F(DatasetsTest, FilesGatherInTheDataSetOfThatName) {
  const DatasetFiles::Added first = files_.add(dataset("faces"), file("a.zip", "aa"));
  const DatasetFiles::Added second = files_.add(dataset("faces"), file("b.zip", "bb"));
  EXPECT_EQ(first.file.dataset, second.file.dataset);
  EXPECT_FALSE(second.is_set_new);
  EXPECT_EQ(files_.list(first.file.dataset).size(), 2U);
}

TEST_F(DatasetsTest, TheSameBytesOnceMoreChangeNothingAndOtherBytesAreRefused) {
  const DatasetFile known = add("a.zip", "aa");
  const DatasetFiles::Added again = files_.add(dataset("a.zip"), file("a.zip", "aa"));
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.file, known);
  EXPECT_EQ(error_code([&] { add("a.zip", "bb"); }), "dataset_name_in_use");
}

TEST_F(DatasetsTest, WhatIsTakenBackLeavesNoEmptyDataSetThatWasMadeForIt) {
  const DatasetFiles::Added made = files_.add(dataset("faces"), file("a.zip", "aa"));
  EXPECT_TRUE(files_.take_back(made));
  EXPECT_FALSE(datasets_.find(lenet_, "faces"));
  EXPECT_FALSE(files_.take_back(made));

  datasets_.insert(dataset("faces"));
  EXPECT_TRUE(files_.take_back(files_.add(dataset("faces"), file("a.zip", "aa"))));
  EXPECT_TRUE(datasets_.find(lenet_, "faces"));
}

TEST_F(DatasetsTest, ARestartFindsTheFilesThatAreNotReady) {
  const DatasetFile a = add("a.zip", "aa");
  DatasetFile b = add("b.zip", "bb");
  b.state = DatasetState::ready;
  b.progress = 100;
  b.entries = 60'000;
  EXPECT_TRUE(files_.update(b));
  EXPECT_EQ(files_.unfinished(), std::vector{a});
  EXPECT_EQ(files_.find(b.id), b);

  EXPECT_TRUE(files_.remove(b));
  EXPECT_FALSE(files_.update(b));
  EXPECT_FALSE(files_.remove(b));
}

TEST_F(DatasetsTest, ProgressIsToldToAllFilesOfTheContentThatWait) {
  DatasetFile ready = add("ready.zip", "aa");
  ready.state = DatasetState::ready;
  ready.progress = 100;
  files_.update(ready);
  const DatasetFile waiting = add("a.zip", "aa");
  const DatasetFile other = add("b.zip", "bb");
  files_.note_progress("aa", 40);
  EXPECT_EQ(files_.find(waiting.id)->progress, 40);
  EXPECT_EQ(files_.find(waiting.id)->state, DatasetState::unpacking);
  EXPECT_EQ(files_.find(ready.id), ready);
  EXPECT_EQ(files_.find(other.id), other);
}

TEST_F(DatasetsTest, OneStaysWhileATaskThatHasNotEndedUsesIt) {
  const DatasetFile used = add("a.zip", "aa");
  const TaskId id = use("reader", {"a.zip", "a", "aa"});
  for (const bool whole : {true, false}) {
    try {
      if (whole) datasets_.remove(used.dataset);
      if (!whole) files_.remove(used);
      FAIL() << "removed while in use";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "dataset_in_use");
      EXPECT_THAT(error.message().en, HasSubstr("reader"));
      EXPECT_THAT(error.message().zh, HasSubstr("reader"));
    }
  }
  set_state(id, TaskState::FAILED);
  EXPECT_THAT(datasets_.remove(used.dataset).value(), ElementsAre("aa"));
  EXPECT_FALSE(datasets_.remove(used.dataset));
  EXPECT_EQ(tasks_.find(id)->inputs.size(), 1U);  // the record stays
}

TEST_F(DatasetsTest, AnotherFileOfTheSetMayGoWhileATaskUsesOne) {
  const DatasetFile used = files_.add(dataset("faces"), file("a.zip", "aa")).file;
  const DatasetFile free = files_.add(dataset("faces"), file("b.zip", "bb")).file;
  use("reader", {"faces/a.zip", "a", "aa"});
  EXPECT_EQ(error_code([&] { files_.remove(used); }), "dataset_in_use");
  EXPECT_TRUE(files_.remove(free));
}

TEST_F(DatasetsTest, TheTasksOfOtherProjectsAreCountedAndNotNamed) {
  const DatasetFile used = add("a.zip", "aa");
  const Dataset published = publish("a.zip");
  const ProjectId other = other_project(true);
  datasets_.link(other, published.id);
  Task secret = task("secret-plan");
  secret.project = other;
  secret.inputs = {{"a.zip", "a", "aa"}};
  tasks_.insert(secret, event("submitted"));
  try {
    datasets_.remove(used.dataset);
    FAIL() << "removed while in use";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "dataset_in_use");
    EXPECT_THAT(error.message().en, testing::Not(HasSubstr("secret")));
    EXPECT_THAT(error.message().en, HasSubstr("1 of other projects"));
  }
}

TEST_F(DatasetsTest, ATasksInputIsFoundWhateverItsDataSetIsCalledNow) {
  add("a.zip", "aa");
  const TaskId id = use("reader", {"a.zip", "a", "aa"});
  Dataset renamed = datasets_.find(lenet_, "a.zip").value();
  renamed.name = "digits";
  EXPECT_TRUE(datasets_.update(renamed));
  EXPECT_EQ(files_.find_input(id, "aa")->dataset, renamed.id);
  EXPECT_FALSE(files_.find_input(id, "bb"));
}

TEST_F(DatasetsTest, ContentIsUsedByFilesOfDataSets) {
  EXPECT_FALSE(is_content_used(database_, "aa"));
  const DatasetFile first = add("a.zip", "aa");
  const DatasetFile second = add("same-as-a.zip", "aa");
  EXPECT_TRUE(files_.remove(first));
  EXPECT_TRUE(is_content_used(database_, "aa"));
  EXPECT_TRUE(datasets_.remove(second.dataset));
  EXPECT_FALSE(is_content_used(database_, "aa"));
}

TEST_F(DatasetsTest, ATaskIsRefusedWhoseDataSetWasReplacedMeanwhile) {
  add("a.zip", "bb");
  EXPECT_EQ(error_code([&] { use("late", {"a.zip", "a", "aa"}); }), "dataset_changed");
  EXPECT_EQ(error_code([&] { use("late", {"a.zip/b.zip", "b", "bb"}); }), "dataset_changed");
}

TEST_F(DatasetsTest, OfALinkedAndAnOwnOneOfTheSameNameTheOwnIsUsed) {
  add("a.zip", "aa");
  const Dataset published = publish("a.zip");
  const ProjectId other = other_project();
  datasets_.link(other, published.id);
  EXPECT_EQ(datasets_.find_usable(other, "a.zip")->id, published.id);
  EXPECT_EQ(files_.list_usable(other).size(), 1U);

  Dataset own = dataset("a.zip");
  own.project = other;
  own.id = files_.add(own, file("a.zip", "bb")).file.dataset;
  EXPECT_EQ(datasets_.find_usable(other, "a.zip")->id, own.id);
}

TEST_F(DatasetsTest, OnlyPublicOnesOfPublicProjectsAreFoundByStrangers) {
  add("digits.zip", "aa");
  add("faces.zip", "bb");
  const Dataset published = publish("digits.zip");
  datasets_.link(other_project(), published.id);
  use("reader", {"digits.zip", "digits", "aa"});

  const auto found = datasets_.search("", {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "digits.zip");
  EXPECT_EQ(found[0].size_bytes, 7);
  EXPECT_EQ(found[0].files, 1);
  EXPECT_EQ(found[0].links, 1);
  EXPECT_EQ(found[0].tasks, 1);
  EXPECT_EQ(datasets_.search("DIGIT", {}).size(), 1U);
  EXPECT_EQ(datasets_.search("ada/lenet", {}).size(), 1U);
  EXPECT_TRUE(datasets_.search("%", {}).empty());
  EXPECT_TRUE(datasets_.search("", {.after = published.id.value}).empty());
  Project hidden = projects_.find(lenet_).value();
  hidden.is_private = true;
  projects_.update(hidden);
  EXPECT_TRUE(datasets_.search("", {}).empty());
}

TEST_F(DatasetsTest, WhoUsesOneIsKnown) {
  const DatasetFile used = add("a.zip", "aa");
  const ProjectId other = other_project();
  datasets_.link(other, used.dataset);
  const TaskId id = use("reader", {"a.zip", "a", "aa"});
  const DatasetUses uses(database_);
  EXPECT_THAT(uses.projects(used.dataset), ElementsAre(other));
  const auto tasks = uses.tasks(used.dataset, 10);
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].id, id);
  EXPECT_EQ(tasks[0].name, "reader");
}

// As it was before data sets had several files.
TEST(DatasetFilesMigration, MakesEachDataSetThatIsThereASetOfOneFile) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "a.db";
  {
    Connection connection(file, dialect::Access::write);
    std::vector<Migration> older = migrations();
    std::erase_if(older, [](const Migration& one) { return one.name >= "0005"; });
    migrate(connection, older);
    for (const char* statement :
         {"INSERT INTO users (name, password_hash, is_admin, disabled, created_at) "
          "VALUES ('ada', 'x', 0, 0, 0)",
          "INSERT INTO projects (owner_id, name, description, is_private, created_at) "
          "VALUES (1, 'lenet', '', 0, 0)",
          "INSERT INTO projects (owner_id, name, description, is_private, created_at) "
          "VALUES (1, 'fork', '', 0, 0)",
          "INSERT INTO datasets (project_id, name, folder, sha256, size_bytes, state, progress, "
          "failure_json, files, creator_id, created_at, is_public) VALUES (1, 'a.zip', 'a', 'aa', "
          "7, 'ready', 100, NULL, 3, 1, 5, 1)",
          "INSERT INTO datasets (project_id, name, folder, sha256, size_bytes, state, progress, "
          "failure_json, files, creator_id, created_at) VALUES (1, 'b.zip', 'b', 'bb', 8, "
          "'failed', 0, '{\"en\":\"Cut off.\",\"zh\":\"不完整。\"}', NULL, 1, 6)",
          "INSERT INTO dataset_links (project_id, dataset_id) VALUES (2, 1)",
          "INSERT INTO tasks (project_id, creator_id, kind, name, version, request_json, "
          "commit_id, inputs_json, state, attempt, handle, revision, created_at) VALUES (2, 1, "
          "'train', 't', 1, '{\"name\":\"t\"}', 'c', '[]', 'RUNNING', 1, '', 0, 0)",
          "INSERT INTO task_datasets (task_id, name, sha256) VALUES (1, 'a.zip', 'aa')"}) {
      change(connection, statement);
    }
  }
  Database database(file);
  const Datasets datasets(database);
  const DatasetFiles files(database);
  const auto a = datasets.find(ProjectId{1}, "a.zip");
  ASSERT_TRUE(a);
  EXPECT_TRUE(a->is_public);
  const auto a_file = files.find(a->id, "a.zip");
  ASSERT_TRUE(a_file);
  EXPECT_EQ(a_file->sha256, "aa");
  EXPECT_EQ(a_file->state, DatasetState::ready);
  EXPECT_EQ(a_file->entries, 3);
  const auto b_file = files.find(datasets.find(ProjectId{1}, "b.zip")->id, "b.zip");
  ASSERT_TRUE(b_file);
  EXPECT_EQ(b_file->failure->message.zh, "不完整。");
  // The task of the project that links it is known as a user.
  EXPECT_EQ(files.find_input(TaskId{1}, "aa"), a_file);
  EXPECT_EQ(DatasetUses(database).tasks(a->id, 10).size(), 1U);
  EXPECT_EQ(datasets.linked(ProjectId{2}).size(), 1U);
}

}  // namespace
}  // namespace cloudbrain::store
