#include <gmock/gmock.h>

#include "rows.h"
#include "store/members.h"

namespace cloudbrain::store {
namespace {

using testing::ElementsAre;

std::vector<std::string> names(const std::vector<Project>& projects) {
  std::vector<std::string> result;
  for (const Project& project : projects) result.push_back(project.name);
  return result;
}

class ProjectsTest : public StoreTest {
 protected:
  std::vector<Project> visible_to(std::optional<UserId> viewer, const Page& page = {}) {
    return projects_.list({.viewer = viewer}, page);
  }
  std::vector<Project> all(const Page& page = {}) {
    return projects_.list({.viewer = ada_, .everything = true}, page);
  }
  Project lenet() { return projects_.find(lenet_).value(); }
  UserId make_user(const std::string& name) {
    return users_.create({.name = name, .created_at = at(0)});
  }
};

TEST_F(ProjectsTest, AProjectIsFoundByIdAndByBothNamesInAnyCase) {
  Project project{{},   ada_, "ada", "MNIST", "手写数字 'quoted' \"x\"; DROP TABLE users",
                  true, at(3)};
  project.id = projects_.create(project);
  EXPECT_EQ(projects_.find(project.id), project);
  EXPECT_EQ(projects_.find("ADA", "mnist"), project);
  EXPECT_FALSE(projects_.find("ada", "mnist2"));
}

TEST_F(ProjectsTest, AProjectNameIsTakenForItsOwnerAlone) {
  const UserId eve = users_.create({.name = "eve", .created_at = at(0)});
  EXPECT_EQ(error_code([&] { projects_.create({.owner = ada_, .name = "LeNet"}); }), "name_in_use");
  EXPECT_NE(projects_.create({.owner = eve, .name = "lenet"}), ProjectId{});
}

TEST_F(ProjectsTest, APersonSeesPublicProjectsAndTheirOwn) {
  const UserId eve = users_.create({.name = "eve", .created_at = at(0)});
  projects_.create({.owner = ada_, .name = "secret", .is_private = true});
  projects_.create({.owner = eve, .name = "open"});
  EXPECT_THAT(names(visible_to(std::nullopt)), ElementsAre("open", "lenet"));
  EXPECT_THAT(names(visible_to(eve)), ElementsAre("open", "lenet"));
  EXPECT_THAT(names(visible_to(ada_)), ElementsAre("open", "secret", "lenet"));
  EXPECT_THAT(names(all()), ElementsAre("open", "secret", "lenet"));
}

TEST_F(ProjectsTest, PagesOfProjectsMeetWithoutGapOrRepetition) {
  for (int i = 0; i < 20; ++i) {
    projects_.create({.owner = ada_, .name = fmt::format("p{}", i), .is_private = i % 3 == 0});
  }
  std::vector<std::string> seen;
  Page page{.limit = 4};
  for (;;) {
    const std::vector<Project> some = visible_to(ada_, page);
    if (some.empty()) break;
    ASSERT_LT(seen.size(), 21U) << "pages repeat";
    for (const std::string& name : names(some)) seen.push_back(name);
    page.after = some.back().id.value;
  }
  EXPECT_EQ(seen, names(all({.limit = 100})));
  EXPECT_EQ(seen.size(), 21U);
}

TEST_F(ProjectsTest, OnlyAnEmptyProjectIsRemoved) {
  const TaskId id = tasks_.insert(task("a"), event("submitted"));
  EXPECT_EQ(error_code([&] { projects_.remove(lenet_); }), "project_not_empty");
  set_state(id, TaskState::SUCCEEDED);
  tasks_.remove(id);
  EXPECT_TRUE(projects_.remove(lenet_));
  EXPECT_FALSE(projects_.remove(lenet_));
}

TEST_F(ProjectsTest, AMemberSeesAPrivateProjectOnce) {
  const UserId eve = make_user("eve");
  const ProjectId secret = projects_.create({.owner = ada_, .name = "secret", .is_private = true});
  Members members(database_);
  EXPECT_EQ(members.role_of(secret, eve), std::nullopt);
  members.set({secret, eve, {}, Role::reader, at(1)});
  members.set({lenet_, eve, {}, Role::writer, at(1)});
  EXPECT_EQ(members.role_of(secret, eve), Role::reader);
  EXPECT_THAT(names(visible_to(eve)), ElementsAre("secret", "lenet"));
  EXPECT_THAT(names(projects_.list({.viewer = eve, .own = true}, {})),
              ElementsAre("secret", "lenet"));
  members.set({secret, eve, {}, Role::owner, at(2)});
  EXPECT_EQ(members.list(secret), (std::vector<Member>{{secret, eve, "eve", Role::owner, at(1)}}));
  EXPECT_TRUE(members.remove(secret, eve));
  EXPECT_FALSE(members.remove(secret, eve));
  EXPECT_THAT(names(visible_to(eve)), ElementsAre("lenet"));
}

TEST_F(ProjectsTest, ASearchLooksIntoNameOwnerAndDescriptionAndTakesSignsAsTheyAre) {
  projects_.create({.owner = make_user("Bob"), .name = "x", .description = "手写 100%"});
  EXPECT_THAT(names(projects_.list({.search = "LEN"}, {})), ElementsAre("lenet"));
  EXPECT_THAT(names(projects_.list({.search = "bob"}, {})), ElementsAre("x"));
  EXPECT_THAT(names(projects_.list({.search = "手写"}, {})), ElementsAre("x"));
  EXPECT_THAT(names(projects_.list({.search = "0%"}, {})), ElementsAre("x"));
  EXPECT_THAT(names(projects_.list({.search = "_"}, {})), ElementsAre());
  EXPECT_THAT(names(projects_.list({.owner = "ADA"}, {})), ElementsAre("lenet"));
  EXPECT_THAT(names(projects_.list({.own = true}, {})), ElementsAre());
}

TEST_F(ProjectsTest, FormerNamesLeadToAProjectUntilAnotherTakesThem) {
  Project changed = lenet();
  changed.name = "lenet-5";
  ASSERT_TRUE(projects_.update(changed));
  EXPECT_EQ(projects_.find("ada", "LeNet"), changed);
  changed.name = "Lenet5";
  changed.owner = make_user("eve");
  changed.owner_name = "eve";
  ASSERT_TRUE(projects_.update(changed));
  EXPECT_EQ(projects_.find("ada", "lenet"), changed);
  EXPECT_EQ(projects_.find("ada", "lenet-5"), changed);
  const ProjectId second = projects_.create({.owner = ada_, .name = "LENET"});
  EXPECT_EQ(projects_.find("ada", "lenet")->id, second);
  EXPECT_EQ(projects_.find("ada", "lenet-5")->id, lenet_);
  changed.name = "lenet";
  changed.owner = ada_;
  EXPECT_EQ(error_code([&] { projects_.update(changed); }), "name_in_use");
  EXPECT_EQ(projects_.find("eve", "lenet5")->id, lenet_) << "a refused change left no trace";
}

TEST_F(ProjectsTest, AForkOutlivesWhatItCameFrom) {
  const ProjectId fork = projects_.create({.owner = ada_, .name = "fork", .fork_of = lenet_});
  EXPECT_EQ(projects_.count_forks(lenet_), 1);
  ASSERT_TRUE(projects_.remove(lenet_));
  EXPECT_EQ(projects_.find(fork)->fork_of, std::nullopt);
}

}  // namespace
}  // namespace cloudbrain::store
