// Archives and small checks that several tests of this room share.
#pragma once

#include <map>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"

namespace cloudbrain {

// What make_archives.py makes, once for the whole program.
inline const fs::path& archives() {
  static const TemporaryDirectory directory;
  static const bool made = [] {
    const ProcessResult result = run_process(
        {.argv = {"python3", BLOBS_TEST_DATA "/make_archives.py", directory.path().native()}});
    if (!result.status.ok()) throw std::runtime_error(result.error);
    return true;
  }();
  (void)made;
  return directory.path();
}

// Path to content for files, "dir" for directories, "-> target" for links.
inline std::map<std::string, std::string> tree_of(const fs::path& root) {
  std::map<std::string, std::string> tree;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string path = entry.path().lexically_relative(root);
    if (entry.is_symlink()) {
      tree[path] = "-> " + fs::read_symlink(entry.path()).native();
    } else {
      tree[path] = entry.is_directory() ? "dir" : read_file(entry.path());
    }
  }
  return tree;
}

// The code of the Error that `action` throws; "" where it throws none.
template <typename Action>
std::string error_code(Action action) {
  try {
    action();
    return "";
  } catch (const Error& error) {
    EXPECT_FALSE(error.message().en.empty());
    EXPECT_FALSE(error.message().zh.empty());
    return error.code();
  }
}

inline std::string run_ok(std::vector<std::string> argv) {
  const ProcessResult result =
      run_process({.argv = std::move(argv), .environment = {{"LC_ALL", "C.UTF-8"}}}, {},
                  std::chrono::minutes(10));
  EXPECT_TRUE(result.status.ok()) << result.output << result.error;
  return result.output;
}

}  // namespace cloudbrain
