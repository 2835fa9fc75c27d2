// A repository, a working copy beside it, and the real git for both.
#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "git/commit_files.h"
#include "git/git_command.h"
#include "git/hosting/repositories.h"
#include "git/reading/revision_reader.h"

namespace cloudbrain {

class GitTest : public testing::Test {
 protected:
  GitTest() {
    ::signal(SIGPIPE, SIG_IGN);  // as every main does
    repositories_.create(kProject);
  }

  // git as a person has it, in the working copy.
  std::string git(std::vector<std::string> arguments, bool must_work = true) {
    std::vector<std::string> argv{"git",
                                  "-c",
                                  "user.name=Ann",
                                  "-c",
                                  "user.email=ann@example.org",
                                  "-c",
                                  "commit.gpgsign=false"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    ProcessOptions options{.argv = argv, .environment = git_environment()};
    options.working_directory = fs::exists(copy_) ? copy_ : room_.path();
    const ProcessResult result = run_process(options);
    EXPECT_TRUE(result.status.ok() || !must_work) << result.error;
    return result.status.ok() ? result.output : "failed: " + result.error;
  }
  void put(const std::string& path, std::string_view bytes) {
    make_directories((copy_ / path).parent_path());
    write_file_atomic(copy_ / path, bytes, Durable::no);
  }
  std::string commit(const std::string& message) {
    git({"add", "-A"});
    git({"commit", "-q", "--allow-empty", "-m", message});
    std::string id = git({"rev-parse", "HEAD"});
    id.pop_back();
    return id;
  }
  std::string push(const std::string& message) {
    const std::string id = commit(message);
    git({"push", "-q", "origin", "HEAD"});
    return id;
  }
  void clone() { git({"clone", "-q", repositories_.path(kProject), copy_}); }
  // The commit that one file makes through the platform.
  std::string save(const std::string& path, const std::string& content) {
    return commit_files(repositories_, reader_, kProject,
                        {.branch = "main",
                         .message = "save " + path,
                         .files = {{path, content, {}}},
                         .author = {"Bob", "bob@example.org"},
                         .time = kTime,
                         .expected_head = {}});
  }

  template <typename Action>
  std::string error_code(Action action) {
    try {
      action();
      return "";
    } catch (const Error& error) {
      return error.code();
    }
  }

  static constexpr ProjectId kProject{7};
  static constexpr TimePoint kTime{std::chrono::seconds{1'700'000'000}};
  TemporaryDirectory room_;
  Repositories repositories_{room_.path() / "repositories"};
  RevisionReader reader_{repositories_};
  fs::path copy_ = room_.path() / "copy";
};

}  // namespace cloudbrain
