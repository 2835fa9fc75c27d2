// The projects that the platform brings along, from examples/.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/error.h"
#include "git/commit_files.h"

namespace cloudbrain::api {

struct Example {
  std::string_view name;  // a folder of examples/
  Text title;
  Text description;
  std::string_view compute;
};

inline constexpr std::string_view kExamplesOwner = "examples";

std::span<const Example> examples();
// Null where there is none.
const Example* find_example(std::string_view name);
std::vector<FileChange> files_of(const Example& example);

// Makes examples/<name>, public projects of a user that cannot sign in, and brings what an earlier
// version of the program made up to date. Called at every start. Leaves everything alone where a
// person has that user name.
void publish_examples(const Services& services);

}  // namespace cloudbrain::api
