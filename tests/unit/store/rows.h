// A database in a directory of its own, and rows to put into it.
#pragma once

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/hash.h"
#include "store/datasets/dataset_files.h"
#include "store/events.h"
#include "store/people/sessions.h"
#include "store/people/tokens.h"
#include "store/projects.h"
#include "store/tasks.h"
#include "store/users.h"

namespace cloudbrain::store {

inline TimePoint at(int seconds) {
  return TimePoint{std::chrono::seconds{1'700'000'000} + std::chrono::seconds{seconds}};
}

inline Event event(std::string code) {
  return {.at = at(0), .code = std::move(code), .message = {"It happened.", "发生了。"}};
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    ada_ = users_.create({.name = "ada", .password_hash = "x", .created_at = at(0)});
    lenet_ = projects_.create({.owner = ada_, .name = "lenet", .created_at = at(0)});
  }

  Task task(std::string name, int version = 1) const {
    Task task;
    task.project = lenet_;
    task.creator = ada_;
    task.request.name = std::move(name);
    task.request.boot_file = "train.py";
    task.request.spec = "cpu-1";
    task.version = version;
    task.commit = std::string(40, 'a');
    task.created_at = at(0);
    return task;
  }

  Dataset dataset(std::string name) const {
    return {.project = lenet_,
            .project_owner = "ada",
            .project_name = "lenet",
            .name = std::move(name),
            .creator = ada_,
            .creator_name = "ada",
            .created_at = at(0)};
  }
  DatasetFile file(std::string name, std::string sha256) const {
    return {.name = std::move(name),
            .folder = "data",
            .sha256 = std::move(sha256),
            .size_bytes = 7,
            .creator = ada_,
            .created_at = at(0)};
  }
  // A data set of one file, both of that name.
  DatasetFile add(const std::string& name, std::string sha256) {
    return files_.add(dataset(name), file(name, std::move(sha256))).file;
  }

  // Writes the task's row with another state; what the conductor does.
  void set_state(TaskId id, TaskState state) {
    Task changed = tasks_.find(id).value();
    changed.state = state;
    ASSERT_TRUE(tasks_.update(changed));
  }

  TemporaryDirectory directory_;
  const fs::path file_ = directory_.path() / "cloudbrain.db";
  Database database_{file_};
  Users users_{database_};
  Sessions sessions_{database_};
  Tokens tokens_{database_};
  Projects projects_{database_};
  Datasets datasets_{database_};
  DatasetFiles files_{database_};
  Tasks tasks_{database_};
  Events events_{database_};
  UserId ada_;
  ProjectId lenet_;
};

// The code of the Error that `call` throws; empty where it throws none.
template <typename F>
std::string error_code(const F& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_FALSE(error.message().en.empty());
    EXPECT_FALSE(error.message().zh.empty());
    return error.code();
  }
  return {};
}

}  // namespace cloudbrain::store
