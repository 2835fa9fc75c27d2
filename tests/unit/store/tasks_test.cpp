#include <thread>

#include <gmock/gmock.h>

#include "domain/names.h"
#include "rows.h"
#include "store/models/model_versions.h"

namespace cloudbrain::store {
namespace {

using testing::ElementsAre;

TEST_F(StoreTest, ATaskComesBackAsItWasStored) {
  add("手写.zip", "aa");
  ModelVersion version;
  version.model = Models(database_).create({.project = lenet_, .name = "lenet", .creator = ada_});
  version.creator = ada_;
  ModelVersions(database_).insert(version, {{"lenet.pth", 1, "bb"}});
  Task stored = task("mnist");
  stored.request.description =
      "中文 \U0001F600 'quotes' \"double\" \\ \n $(reboot) `x`; DROP TABLE tasks;--";
  stored.request.params = {{"epochs", std::string("a\0b", 3)}, {"path", ":name ? %s {}"}};
  stored.request.model = ModelChoice{"lenet", "V0001", "lenet.pth"};
  stored.request.kind = TaskKind::inference;
  stored.inputs = {{"手写.zip", "手写", "aa"}};
  stored.reason = Reason{"exit_code", {"Ended.", "结束。"}, {"Read the log.", "查看日志。"}};
  stored.exit_code = -1;
  stored.attempt = 3;
  stored.handle = "{\"pid\": 7}";
  stored.state = TaskState::STOPPING;
  stored.ready_at = at(1);
  stored.started_at = at(2);
  stored.ended_at = at(3);
  stored.id = tasks_.insert(stored, event("submitted"));
  EXPECT_EQ(tasks_.find(stored.id), stored);

  const ListedTask listed = tasks_.find_listed(stored.id).value();
  EXPECT_EQ(listed.task, stored);
  EXPECT_EQ(listed.project_owner, "ada");
  EXPECT_EQ(listed.project_name, "lenet");
  EXPECT_EQ(listed.creator_name, "ada");
  EXPECT_EQ(listed.version_count, 1);
}

TEST_F(StoreTest, ATaskComesWithItsFirstEvent) {
  Event first = event("submitted");
  first.data = {{"by", "ada"}};
  const TaskId id = tasks_.insert(task("a"), first);
  const std::vector<Event> events = events_.list(id);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].task, id);
  EXPECT_EQ(events[0].code, "submitted");
  EXPECT_EQ(events[0].message.zh, "发生了。");
  EXPECT_EQ(events[0].data, first.data);
}

TEST_F(StoreTest, ATaskNameIsTakenForItsKindAndVersionAlone) {
  tasks_.insert(task("a"), event("submitted"));
  EXPECT_EQ(error_code([&] { tasks_.insert(task("a"), event("submitted")); }), "task_name_in_use");
  Task inference = task("a");
  inference.request.kind = TaskKind::inference;
  EXPECT_NE(tasks_.insert(inference, event("submitted")), TaskId{});
  EXPECT_NE(tasks_.insert(task("a", 2), event("submitted")), TaskId{});
}

TEST_F(StoreTest, VersionsThatAreMadeAtOnceAreAllDifferent) {
  const Task first = tasks_.insert_next_version(task("a"), event("submitted"));
  EXPECT_EQ(first.version, 1);
  const auto modify = [&] {
    for (int i = 0; i < 20; ++i) {
      Task next = task("a");
      next.parent = first.id;
      tasks_.insert_next_version(next, event("submitted"));
    }
  };
  {
    const std::jthread one(modify);
    const std::jthread two(modify);
  }
  const std::vector<Task> versions = tasks_.versions(lenet_, TaskKind::train, "a");
  ASSERT_EQ(versions.size(), 41U);
  for (std::size_t i = 0; i < versions.size(); ++i) {
    EXPECT_EQ(versions[i].version, 41 - static_cast<int>(i));
  }
  EXPECT_EQ(versions.front().parent, first.id);
}

TEST_F(StoreTest, AChangeByAnOldRevisionIsDropped) {
  const TaskId id = tasks_.insert(task("a"), event("submitted"));
  Task mine = tasks_.find(id).value();
  Task theirs = mine;
  theirs.state = TaskState::WAITING;
  EXPECT_TRUE(tasks_.update(theirs, event("prepared")));

  mine.state = TaskState::CREATED_FAILED;
  EXPECT_FALSE(tasks_.update(mine, event("ended")));

  EXPECT_EQ(tasks_.find(id)->state, TaskState::WAITING);
  EXPECT_EQ(tasks_.find(id)->revision, 1);
  EXPECT_EQ(events_.list(id).size(), 2U);  // and no event of the dropped one
}

TEST_F(StoreTest, OfManyThreadsThatChangeOneRevisionOneWins) {
  const TaskId id = tasks_.insert(task("a"), event("submitted"));
  const Task loaded = tasks_.find(id).value();
  std::atomic<int> won{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] { won += tasks_.update(loaded) ? 1 : 0; });
    }
  }
  EXPECT_EQ(won, 1);
}

TEST_F(StoreTest, TheQueueIsOrderedByReadinessThenId) {
  std::vector<TaskId> ids;
  for (const int ready : {30, 10, 20, 10}) {
    Task waiting = task(fmt::format("t{}", ids.size()));
    waiting.state = TaskState::WAITING;
    waiting.ready_at = at(ready);
    ids.push_back(tasks_.insert(waiting, event("submitted")));
  }
  tasks_.insert(task("preparing"), event("submitted"));
  std::vector<TaskId> queue;
  for (const Task& task : tasks_.waiting()) queue.push_back(task.id);
  EXPECT_THAT(queue, ElementsAre(ids[1], ids[3], ids[2], ids[0]));
  EXPECT_EQ(tasks_.live().size(), 5U);
}

TEST_F(StoreTest, LiveTasksAreThoseThatHaveNotEnded) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<TaskState>>([&](auto state) {
    Task one = task(lower_case(state.name));
    one.state = state.value;
    tasks_.insert(one, event("submitted"));
  });
  std::vector<TaskState> live;
  for (const Task& task : tasks_.live()) live.push_back(task.state);
  EXPECT_THAT(live, ElementsAre(TaskState::PREPARING, TaskState::WAITING, TaskState::RUNNING,
                                TaskState::STOPPING));
  EXPECT_EQ(tasks_.count_by_state().size(), 8U);
  EXPECT_EQ(tasks_.count_by_state()[TaskState::FAILED], 1);
}

TEST_F(StoreTest, OnlyATaskThatHasEndedIsRemovedAndItsEventsWithIt) {
  const Task parent = tasks_.insert_next_version(task("a"), event("submitted"));
  Task next = task("a");
  next.parent = parent.id;
  next = tasks_.insert_next_version(next, event("submitted"));
  EXPECT_EQ(error_code([&] { tasks_.remove(parent.id); }), "task_not_ended");

  set_state(parent.id, TaskState::STOPPED);
  EXPECT_TRUE(tasks_.remove(parent.id));

  EXPECT_FALSE(tasks_.remove(parent.id));
  EXPECT_TRUE(events_.list(parent.id).empty());
  EXPECT_EQ(tasks_.find(next.id)->parent, std::nullopt);
}

TEST_F(StoreTest, ATaskIdIsNeverGivenTwice) {
  const TaskId first = tasks_.insert(task("a"), event("submitted"));
  set_state(first, TaskState::STOPPED);
  tasks_.remove(first);
  EXPECT_GT(tasks_.insert(task("a"), event("submitted")), first);
}

TEST_F(StoreTest, EventsAreListedInOrderAndFromAPointOn) {
  const TaskId id = tasks_.insert(task("a"), event("submitted"));
  Event started = event("started");
  started.task = id;
  const std::int64_t second = events_.append(started);
  EXPECT_EQ(events_.list(id).back().id, second);
  EXPECT_EQ(events_.list(id, second - 1).size(), 1U);
  EXPECT_TRUE(events_.list(id, second).empty());

  started.task = TaskId{99};
  EXPECT_EQ(error_code([&] { events_.append(started); }), "task_missing");
}

}  // namespace
}  // namespace cloudbrain::store
