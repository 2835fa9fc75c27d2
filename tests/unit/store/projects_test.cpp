#include <gmock/gmock.h>

#include "rows.h"

namespace cloudbrain::store {
namespace {

using testing::ElementsAre;

std::vector<std::string> names(const std::vector<Project>& projects) {
  std::vector<std::string> result;
  for (const Project& project : projects) result.push_back(project.name);
  return result;
}

TEST_F(StoreTest, AProjectIsFoundByIdAndByBothNamesInAnyCase) {
  Project project{{},   ada_, "ada", "MNIST", "手写数字 'quoted' \"x\"; DROP TABLE users",
                  true, at(3)};
  project.id = projects_.create(project);
  EXPECT_EQ(projects_.find(project.id), project);
  EXPECT_EQ(projects_.find("ADA", "mnist"), project);
  EXPECT_FALSE(projects_.find("ada", "mnist2"));
}

TEST_F(StoreTest, AProjectNameIsTakenForItsOwnerAlone) {
  const UserId eve = users_.create({.name = "eve", .created_at = at(0)});
  EXPECT_EQ(error_code([&] { projects_.create({.owner = ada_, .name = "LeNet"}); }), "name_in_use");
  EXPECT_NE(projects_.create({.owner = eve, .name = "lenet"}), ProjectId{});
}

TEST_F(StoreTest, APersonSeesPublicProjectsAndTheirOwn) {
  const UserId eve = users_.create({.name = "eve", .created_at = at(0)});
  projects_.create({.owner = ada_, .name = "secret", .is_private = true});
  projects_.create({.owner = eve, .name = "open"});
  EXPECT_THAT(names(projects_.list_visible(std::nullopt, {})), ElementsAre("open", "lenet"));
  EXPECT_THAT(names(projects_.list_visible(eve, {})), ElementsAre("open", "lenet"));
  EXPECT_THAT(names(projects_.list_visible(ada_, {})), ElementsAre("open", "secret", "lenet"));
  EXPECT_THAT(names(projects_.list_all({})), ElementsAre("open", "secret", "lenet"));
}

TEST_F(StoreTest, PagesOfProjectsMeetWithoutGapOrRepetition) {
  for (int i = 0; i < 20; ++i) {
    projects_.create({.owner = ada_, .name = fmt::format("p{}", i), .is_private = i % 3 == 0});
  }
  std::vector<std::string> seen;
  Page page{.limit = 4};
  for (;;) {
    const std::vector<Project> some = projects_.list_visible(ada_, page);
    if (some.empty()) break;
    ASSERT_LT(seen.size(), 21U) << "pages repeat";
    for (const std::string& name : names(some)) seen.push_back(name);
    page.after = some.back().id.value;
  }
  EXPECT_EQ(seen, names(projects_.list_all({.limit = 100})));
  EXPECT_EQ(seen.size(), 21U);
}

TEST_F(StoreTest, OnlyAnEmptyProjectIsRemoved) {
  const TaskId id = tasks_.insert(task("a"), event("submitted"));
  EXPECT_EQ(error_code([&] { projects_.remove(lenet_); }), "project_not_empty");
  set_state(id, TaskState::SUCCEEDED);
  tasks_.remove(id);
  EXPECT_TRUE(projects_.remove(lenet_));
  EXPECT_FALSE(projects_.remove(lenet_));
}

}  // namespace
}  // namespace cloudbrain::store
