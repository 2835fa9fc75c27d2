// Tasks. A row changes by load, act, guarded write: whoever acted on an old revision is told so and
// drops the result. Only the conductor changes states; the store does not judge a transition.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/task.h"
#include "store/database.h"
#include "store/events.h"
#include "store/page.h"

namespace cloudbrain::store {

// A task with the names that a person wants to see beside it.
struct ListedTask {
  Task task;
  std::string project_owner;
  std::string project_name;
  std::string creator_name;
  int version_count = 1;  // rows of the same project, kind and name
};

// All that is set must hold.
struct TaskFilter {
  std::optional<ProjectId> project;
  std::optional<UserId> creator;
  std::optional<TaskKind> kind;
  std::vector<TaskState> states;  // any of these; empty: every state
  std::string name_contains;      // plain text, in any case
  bool latest_versions_only = false;
};

class Tasks {
 public:
  explicit Tasks(Database& database) : database_(database) {}

  // Stores the task with revision 0 and its first event (whose id and task are ignored). Throws
  //   conflict "task_name_in_use"  project, kind, name and version are taken
  //   conflict "dataset_changed"   an input is no longer a data set of the project with that
  //   content
  //   conflict "model_changed"     its model is no longer there
  TaskId insert(const Task& task, const Event& first);
  // As insert, but with the version after the newest of the same project, kind and name (1 where
  // there is none), found in the same transaction. Gives the task with its id and version.
  Task insert_next_version(Task task, const Event& first);

  std::optional<Task> find(TaskId id) const;
  std::optional<ListedTask> find_listed(TaskId id) const;
  // Newest first. A page costs the same at the front and deep inside, among ten tasks or a million,
  // except with name_contains or latest_versions_only, which walk past the rows they leave out.
  std::vector<ListedTask> list(const TaskFilter& filter, const Page& page) const;
  // The versions of one name, newest first.
  std::vector<Task> versions(ProjectId project, TaskKind kind, std::string_view name) const;

  // Every task that has not ended, oldest first: what a restart goes on with.
  std::vector<Task> live() const;
  // The queue: state WAITING, by ready_at, then id.
  std::vector<Task> waiting() const;
  // Reads an index from end to end: milliseconds among a hundred thousand tasks. States without a
  // task are absent.
  std::map<TaskState, std::int64_t> count_by_state() const;

  // Writes state, reason, exit_code, attempt, handle and the times, and adds `event`, if the stored
  // revision still is changed.revision. True: the row now has changed.revision + 1. False: it was
  // changed or removed meanwhile, and nothing was written.
  bool update(const Task& changed, const std::optional<Event>& event = std::nullopt);
  // Touches nothing else, the revision neither: whoever changes the state meanwhile goes on. False
  // where there is none.
  bool set_priority(TaskId id, int priority);
  // Removes the row and its events. False where there is none. Throws conflict "task_not_ended", or
  // "results_being_imported" while a model is made from its results.
  bool remove(TaskId id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
