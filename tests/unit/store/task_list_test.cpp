#include "store/lists/task_list.h"

#include <gmock/gmock.h>

#include "rows.h"

namespace cloudbrain::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct PlanStep {
  int id = 0;
  int parent = 0;
  int unused = 0;
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(PlanStep, (), (id, parent, unused, detail))

class TaskListTest : public StoreTest {
 protected:
  TaskId add(const std::string& name, TaskState state, TaskKind kind = TaskKind::train,
             int version = 1) {
    Task one = task(name, version);
    one.state = state;
    one.request.kind = kind;
    return tasks_.insert(one, event("submitted"));
  }

  std::vector<TaskId> ids(const TaskFilter& filter, const Page& page = {}) const {
    std::vector<TaskId> result;
    for (const ListedTask& listed : tasks_.list(filter, page)) result.push_back(listed.task.id);
    return result;
  }

  std::string plan(const TaskFilter& filter) {
    const ListStatement statement = list_statement(filter, {.after = 1000});
    Reading reading(database_);
    std::string text;
    for (const PlanStep& step : rows<PlanStep>(
             reading.connection(), "EXPLAIN QUERY PLAN " + statement.sql, statement.arguments)) {
      text += step.detail + "\n";
    }
    return text;
  }
};

TEST_F(TaskListTest, IsNewestFirstWithTheNamesBesideEachTask) {
  const UserId eve = users_.create({.name = "eve", .created_at = at(0)});
  const TaskId first = add("a", TaskState::RUNNING);
  Task by_eve = task("b");
  by_eve.creator = eve;
  const TaskId second = tasks_.insert(by_eve, event("submitted"));

  const std::vector<ListedTask> listed = tasks_.list({}, {});

  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].task, tasks_.find(second));
  EXPECT_EQ(listed[0].creator_name, "eve");
  EXPECT_EQ(listed[0].project_owner, "ada");
  EXPECT_EQ(listed[0].project_name, "lenet");
  EXPECT_EQ(listed[1].task.id, first);
}

TEST_F(TaskListTest, EachFilterLeavesOutTheRest) {
  const UserId eve = users_.create({.name = "eve", .created_at = at(0)});
  const ProjectId other = projects_.create({.owner = eve, .name = "other"});
  const TaskId a = add("mnist-a", TaskState::RUNNING);
  const TaskId b = add("mnist_b", TaskState::FAILED, TaskKind::inference);
  Task foreign = task("resnet");
  foreign.project = other;
  foreign.creator = eve;
  foreign.state = TaskState::FAILED;
  const TaskId c = tasks_.insert(foreign, event("submitted"));

  EXPECT_THAT(ids({.project = lenet_}), ElementsAre(b, a));
  EXPECT_THAT(ids({.creator = eve}), ElementsAre(c));
  EXPECT_THAT(ids({.project = lenet_, .creator = eve}), ElementsAre());
  EXPECT_THAT(ids({.kind = TaskKind::train}), ElementsAre(c, a));
  EXPECT_THAT(ids({.states = {TaskState::FAILED}}), ElementsAre(c, b));
  EXPECT_THAT(ids({.states = {TaskState::RUNNING, TaskState::FAILED, TaskState::FAILED}}),
              ElementsAre(c, b, a));
  EXPECT_THAT(ids({.project = lenet_, .kind = TaskKind::train, .states = {TaskState::FAILED}}),
              ElementsAre());
  EXPECT_THAT(ids({.name_contains = "NIST"}), ElementsAre(b, a));
  EXPECT_THAT(ids({.name_contains = "_"}), ElementsAre(b));
  EXPECT_THAT(ids({.name_contains = "%"}), ElementsAre());
  EXPECT_THAT(ids({.name_contains = "' OR 1=1 --"}), ElementsAre());
}

TEST_F(TaskListTest, ShowsTheLatestVersionsAloneWithTheirCount) {
  add("a", TaskState::FAILED, TaskKind::train, 1);
  const TaskId b = add("b", TaskState::FAILED);
  const TaskId a2 = add("a", TaskState::RUNNING, TaskKind::train, 2);
  const TaskId of_inference = add("a", TaskState::RUNNING, TaskKind::inference);

  EXPECT_THAT(ids({.project = lenet_, .latest_versions_only = true}),
              ElementsAre(of_inference, a2, b));
  EXPECT_THAT(ids({.states = {TaskState::FAILED}, .latest_versions_only = true}), ElementsAre(b));
  EXPECT_EQ(tasks_.list({.latest_versions_only = true}, {})[1].version_count, 2);
}

TEST_F(TaskListTest, PagesMeetWithoutGapOrRepetitionWhileTasksAreAdded) {
  constexpr std::array kStates{TaskState::RUNNING, TaskState::FAILED, TaskState::SUCCEEDED};
  std::vector<TaskId> expected;
  for (std::size_t i = 0; i < 50; ++i) {
    const TaskId id = add(fmt::format("t{}", i), kStates.at(i % 3));
    if (i % 3 != 2) expected.insert(expected.begin(), id);
  }
  const TaskFilter filter{.project = lenet_, .states = {TaskState::RUNNING, TaskState::FAILED}};
  std::vector<TaskId> seen;
  Page page{.limit = 7};
  for (std::vector<TaskId> some = ids(filter, page); !some.empty(); some = ids(filter, page)) {
    ASSERT_LE(some.size(), 7U);
    ASSERT_LT(seen.size(), expected.size()) << "pages repeat";
    seen.insert(seen.end(), some.begin(), some.end());
    page.after = some.back().value;
    add(fmt::format("later{}", seen.size()), TaskState::RUNNING);
  }
  EXPECT_EQ(seen, expected);
}

// A page must stay as quick among a million tasks: every walk is a search in its index, in order.
TEST_F(TaskListTest, WalksAnIndexForEveryFilter) {
  struct Case {
    TaskFilter filter;
    std::string index;
  };
  const TaskState failed = TaskState::FAILED;
  const std::vector<Case> cases{
      {{}, "SEARCH t USING INTEGER PRIMARY KEY (rowid<?)"},
      {{.project = lenet_}, "tasks_of_project (project_id=? AND id<?)"},
      {{.creator = ada_}, "tasks_of_creator (creator_id=? AND id<?)"},
      {{.states = {failed}}, "tasks_by_state (kind=? AND state=? AND id<?)"},
      {{.project = lenet_, .kind = TaskKind::train},
       "tasks_of_project_by_state (project_id=? AND kind=? AND state=? AND id<?)"},
      {{.project = lenet_, .states = {failed, TaskState::RUNNING}},
       "tasks_of_project_by_state (project_id=? AND kind=? AND state=? AND id<?)"},
      {{.creator = ada_, .states = {failed}},
       "tasks_of_creator_by_state (creator_id=? AND kind=? AND state=? AND id<?)"}};
  for (const Case& one : cases) {
    const std::string text = plan(one.filter);
    EXPECT_THAT(text, HasSubstr(one.index));
    EXPECT_THAT(text, Not(HasSubstr("SCAN t")));
    EXPECT_THAT(text, Not(HasSubstr("SCAN p")));
  }
}

}  // namespace
}  // namespace cloudbrain::store
