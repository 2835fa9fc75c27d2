// What survives: kill -9 after the acknowledgement, a full disk, readers beside a writer.
#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rows.h"

namespace cloudbrain::store {
namespace {

Task task_of(ProjectId project, UserId user, const std::string& name) {
  Task task;
  task.project = project;
  task.creator = user;
  task.request.name = name;
  task.created_at = at(0);
  return task;
}

// Runs `body` in a child process, which never returns from it by way of the test.
template <typename F>
pid_t in_child(const F& body) {
  const pid_t child = fork();
  if (child == 0) {
    int status = 1;
    try {
      status = body();
    } catch (const std::exception& error) {
      std::fputs(error.what(), stderr);
    }
    _exit(status);
  }
  return child;
}

TEST(Durability, WhatWasAcknowledgedSurvivesKill9) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "a.db";
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);

  // Given a process that acknowledges each insert and never stops by itself.
  const pid_t child = in_child([&]() -> int {
    Database database(file);
    const UserId user = Users(database).create({.name = "ada", .created_at = at(0)});
    const ProjectId project = Projects(database).create({.owner = user, .name = "p"});
    for (int i = 0;; ++i) {
      const TaskId id =
          Tasks(database).insert(task_of(project, user, fmt::format("t{}", i)), event("submitted"));
      if (write(ends[1], &id.value, sizeof id.value) < 0) return 1;
    }
  });
  close(ends[1]);

  // When it is killed somewhere in between.
  std::vector<std::int64_t> acknowledged;
  std::int64_t id = 0;
  while (acknowledged.size() < 50 && read(ends[0], &id, sizeof id) == sizeof id) {
    acknowledged.push_back(id);
  }
  kill(child, SIGKILL);
  while (read(ends[0], &id, sizeof id) == sizeof id) acknowledged.push_back(id);
  close(ends[0]);
  waitpid(child, nullptr, 0);

  // Then every acknowledged task is there, whole.
  Database database(file);
  ASSERT_GE(acknowledged.size(), 50U);
  for (const std::int64_t one : acknowledged) {
    EXPECT_TRUE(Tasks(database).find(TaskId{one}));
    EXPECT_EQ(Events(database).list(TaskId{one}).size(), 1U);
  }
}

TEST(Durability, AFullDiskIsSaidAndTheDatabaseWorksOn) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "a.db";
  const pid_t child = in_child([&]() -> int {
    Database database(file);
    Users users(database);
    users.create({.name = "first", .created_at = at(0)});
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t unlimited = std::exchange(limit.rlim_cur, 300'000);
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string code = error_code([&] {
      for (int i = 0; i < 1000; ++i) {
        users.create({.name = fmt::format("u{}", i), .password_hash = std::string(5000, 'x')});
      }
    });
    const std::int64_t before = users.count();
    limit.rlim_cur = unlimited;
    setrlimit(RLIMIT_FSIZE, &limit);
    users.create({.name = "after", .created_at = at(0)});
    const bool goes_on = users.count() == before + 1 && users.find("first") && users.find("after");
    return code == "disk_full" && goes_on ? 0 : 2;
  });
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(StoreTest, ReadersSeeWholeTransactionsWhileAWriterRuns) {
  const TaskId id = tasks_.insert(task("a"), event("submitted"));
  constexpr int kChanges = 200;
  const auto write_on = [&] {
    for (int i = 0; i < kChanges; ++i) {
      Task changed = tasks_.find(id).value();
      changed.attempt = i + 1;
      tasks_.update(changed, event("started"));
    }
  };
  const auto read_on = [&] {
    for (std::int64_t revision = 0; revision < kChanges;) {
      const Task seen = tasks_.find(id).value();
      ASSERT_GE(seen.revision, revision);
      ASSERT_EQ(seen.attempt, seen.revision);
      // Its event came with it.
      ASSERT_GE(events_.list(id).size(), static_cast<std::size_t>(seen.revision) + 1);
      revision = seen.revision;
    }
  };
  const std::jthread writer(write_on);
  const std::jthread one(read_on);
  const std::jthread two(read_on);
}

}  // namespace
}  // namespace cloudbrain::store
