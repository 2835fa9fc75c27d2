#include "store/models/models.h"

#include <gmock/gmock.h>

#include "rows.h"
#include "store/contents.h"
#include "store/models/model_versions.h"
#include "store/quotas.h"

namespace cloudbrain::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class ModelsTest : public StoreTest {
 protected:
  ModelsTest() { model_ = create("LeNet"); }

  ModelId create(std::string name, bool is_public = false) {
    return models_.create({.project = lenet_,
                           .name = std::move(name),
                           .framework = "PyTorch",
                           .is_public = is_public,
                           .creator = ada_,
                           .created_at = at(0)});
  }
  ModelVersion insert(const std::vector<ModelFile>& files = {},
                      ModelVersionState state = ModelVersionState::ready) {
    ModelVersion version;
    version.model = model_;
    version.state = state;
    version.creator = ada_;
    version.created_at = at(0);
    return versions_.insert(version, files);
  }
  Task user_of(const ModelVersion& version, const std::string& name = "infer") const {
    Task user = task(name);
    user.request.model = ModelChoice{"LeNet", version_text(version.number), "m.pt"};
    return user;
  }

  Models models_{database_};
  ModelVersions versions_{database_};
  ModelId model_;
};

TEST_F(ModelsTest, AModelComesBackWithItsNamesAndTheNumberOfItsVersions) {
  insert();
  insert();
  const Model model = models_.find(lenet_, "lenet").value();
  EXPECT_EQ(model.id, model_);
  EXPECT_EQ(model.name, "LeNet");
  EXPECT_EQ(model.project_owner + "/" + model.project_name, "ada/lenet");
  EXPECT_EQ(model.creator_name, "ada");
  EXPECT_EQ(model.versions, 2);
  EXPECT_EQ(model.latest, 2);
  EXPECT_EQ(models_.find(lenet_, "other"), std::nullopt);
}

TEST_F(ModelsTest, ANameIsTakenInAnyCaseOfLetters) {
  EXPECT_EQ(error_code([&] { create("lenet"); }), "model_name_in_use");
  Model other = models_.find(create("other")).value();
  other.name = "LENET";
  EXPECT_EQ(error_code([&] { models_.update(other); }), "model_name_in_use");
  Model same = models_.find(model_).value();
  same.name = "LENET";
  EXPECT_TRUE(models_.update(same));
}

TEST_F(ModelsTest, TheListIsSearchedAndShowsOthersWhatIsPublicInPublicProjectsAlone) {
  const ModelId shown = create("shown", true);
  const auto ids = [&](const ModelFilter& filter) {
    std::vector<ModelId> found;
    for (const Model& model : models_.list(filter, {})) found.push_back(model.id);
    return found;
  };
  EXPECT_THAT(ids({.project = lenet_}), ElementsAre(shown, model_));
  EXPECT_THAT(ids({.public_only = true}), ElementsAre(shown));
  EXPECT_THAT(ids({.search = "enet"}), ElementsAre(model_));
  EXPECT_THAT(ids({.search = "pytorch"}), ElementsAre(shown, model_));
  EXPECT_THAT(ids({.search = "%"}), IsEmpty());
  Project project = projects_.find(lenet_).value();
  project.is_private = true;
  projects_.update(project);
  EXPECT_THAT(ids({.public_only = true}), IsEmpty());
}

TEST_F(ModelsTest, AVersionComesBackAsItWasStored) {
  ModelVersion stored;
  stored.model = model_;
  stored.state = ModelVersionState::importing;
  stored.notes = "好";
  stored.metrics = {{"accuracy", 0.98}};
  stored.task = tasks_.insert(task("train"), event("submitted"));
  stored.lineage.task = ModelOrigin{"train", 3, TaskKind::train};
  stored.lineage.datasets = {{"a.zip", "a", "aa"}};
  stored.lineage.params = {{"lr", "0.1"}};
  stored.creator = ada_;
  stored.creator_name = "ada";
  stored.created_at = at(5);
  stored = versions_.insert(stored, {{"m.pt", 5, ""}, {"b", 2, ""}});
  stored.size_bytes = 7;
  EXPECT_EQ(stored.number, 1);
  EXPECT_EQ(versions_.find(stored.id), stored);
  EXPECT_EQ(versions_.find(model_, 1), stored);
  EXPECT_THAT(versions_.list(model_, {}), ElementsAre(stored));
  EXPECT_THAT(versions_.importing(), ElementsAre(stored));
  EXPECT_THAT(versions_.files(stored.id),
              ElementsAre(ModelFile{"b", 2, ""}, ModelFile{"m.pt", 5, ""}));
}

TEST_F(ModelsTest, ANumberIsNeverGivenTwice) {
  EXPECT_EQ(insert().number, 1);
  const ModelVersion second = insert();
  EXPECT_TRUE(versions_.remove(second.id));
  EXPECT_EQ(insert().number, 3);
  EXPECT_EQ(models_.find(model_)->latest, 3);
}

TEST_F(ModelsTest, ATaskWhoseResultsAreImportedStaysAndItsVersionOutlivesIt) {
  const TaskId source = tasks_.insert(task("train"), event("submitted"));
  set_state(source, TaskState::SUCCEEDED);
  ModelVersion version;
  version.model = model_;
  version.state = ModelVersionState::importing;
  version.task = source;
  version.creator = ada_;
  version = versions_.insert(version, {});
  EXPECT_EQ(error_code([&] { tasks_.remove(source); }), "results_being_imported");
  EXPECT_THAT(versions_.made_from(source), ElementsAre(MadeModel{"LeNet", 1, false}));

  versions_.settle(version.id, ModelVersionState::ready, std::nullopt);
  EXPECT_TRUE(tasks_.remove(source));
  EXPECT_EQ(versions_.find(version.id)->task, std::nullopt);
  version.task = source;
  EXPECT_EQ(error_code([&] { versions_.insert(version, {}); }), "task_missing");
}

TEST_F(ModelsTest, AFileIsAddedOnceAndNeverReplaced) {
  const ModelVersionId id = insert().id;
  versions_.add_file(id, {"conf/m.pt", 5, "aa"});
  versions_.add_file(id, {"conf/m.pt", 5, "aa"});
  EXPECT_EQ(versions_.files(id).size(), 1U);
  const auto refused = [&](const ModelFile& file) {
    return error_code([&] { versions_.add_file(id, file); });
  };
  EXPECT_EQ(refused({"conf/m.pt", 5, "bb"}), "model_file_in_use");
  EXPECT_EQ(refused({"conf", 5, "bb"}), "model_path_collides");
  EXPECT_EQ(refused({"conf/m.pt/x", 5, "bb"}), "model_path_collides");
  EXPECT_EQ(refused({"conf/m.p", 5, "bb"}), "");
  EXPECT_EQ(error_code([&] { versions_.need_free(id, {"conf/m.pt", 5, ""}); }), "");
  EXPECT_EQ(error_code([&] { versions_.need_free(id, {"conf/m.pt", 6, ""}); }),
            "model_file_in_use");
  EXPECT_EQ(error_code([&] { versions_.add_file(ModelVersionId{99}, {"a", 1, "aa"}); }),
            "version_missing");
}

TEST_F(ModelsTest, AVersionThatATaskUsedStaysAsItIs) {
  const ModelVersion version = insert({{"m.pt", 5, "aa"}});
  const TaskId user = tasks_.insert(user_of(version), event("submitted"));
  EXPECT_EQ(versions_.of_task(user)->id, version.id);
  EXPECT_EQ(versions_.of_task(TaskId{99}), std::nullopt);
  EXPECT_EQ(error_code([&] { versions_.add_file(version.id, {"n", 1, "bb"}); }),
            "version_is_fixed");
  EXPECT_EQ(error_code([&] { versions_.remove(version.id); }), "model_in_use");
  EXPECT_EQ(error_code([&] { models_.remove(model_); }), "model_in_use");

  set_state(user, TaskState::SUCCEEDED);
  EXPECT_THAT(versions_.uses(version.id),
              ElementsAre(ModelUse{user, "infer", 1, TaskKind::train, TaskState::SUCCEEDED}));
  EXPECT_EQ(error_code([&] { versions_.add_file(version.id, {"n", 1, "bb"}); }),
            "version_is_fixed");
  EXPECT_TRUE(models_.remove(model_));
  EXPECT_TRUE(tasks_.find(user));
}

TEST_F(ModelsTest, ATaskIsRefusedWhereItsModelHasGoneSinceTheCheck) {
  const ModelVersion version = insert({{"m.pt", 5, "aa"}});
  const Task user = user_of(version);
  EXPECT_TRUE(versions_.settle(version.id, ModelVersionState::failed, Text{"No.", "否。"}));
  EXPECT_EQ(error_code([&] { tasks_.insert(user, event("submitted")); }), "model_changed");
  EXPECT_TRUE(versions_.settle(version.id, ModelVersionState::ready, std::nullopt));
  versions_.remove(version.id);
  EXPECT_EQ(error_code([&] { tasks_.insert(user, event("submitted")); }), "model_changed");
}

TEST_F(ModelsTest, WhatIsRemovedNamesItsContentsOnce) {
  const ModelVersion first = insert({{"a", 1, "aa"}, {"b", 1, "bb"}, {"c", 1, ""}});
  const ModelVersion second = insert({{"a", 1, "aa"}});
  EXPECT_TRUE(is_content_used(database_, "aa"));
  const RemovedModel removed = models_.remove(model_).value();
  EXPECT_THAT(removed.versions, UnorderedElementsAre(first.id, second.id));
  EXPECT_THAT(removed.contents, UnorderedElementsAre("aa", "bb"));
  EXPECT_FALSE(is_content_used(database_, "aa"));
  EXPECT_FALSE(models_.remove(model_));
}

TEST_F(ModelsTest, TheSameBytesCountOnceAndWhatIsBeingImportedCountsToo) {
  insert({{"a", 100, "aa"}, {"b", 10, "bb"}});
  insert({{"other", 100, "aa"}, {"c", 1, ""}, {"d", 1, ""}});
  EXPECT_EQ(Quotas(database_).model_bytes(ada_), 112);
}

TEST_F(ModelsTest, AProjectWithModelsIsNotRemoved) {
  EXPECT_EQ(error_code([&] { projects_.remove(lenet_); }), "project_not_empty");
  models_.remove(model_);
  EXPECT_TRUE(projects_.remove(lenet_));
}

}  // namespace
}  // namespace cloudbrain::store
