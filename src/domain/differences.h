// What a version of a task changed of the one it was made from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/task.h"

namespace cloudbrain {

// One thing that differs, as text. "params.lr" from "0.1" to "0.2"; what was not there before, or
// is not there any more, is empty.
struct Difference {
  std::string
      field;  // as in the request's JSON; of a list "datasets", of a parameter "params.NAME"
  std::optional<std::string> before;
  std::optional<std::string> after;

  bool operator==(const Difference&) const = default;
};

// In the order of the form, without the commit. A data set under the same name but with other
// content differs too; so does another order of the parameters, since the script sees it
// ("params").
std::vector<Difference> differences(const Task& before, const Task& after);

}  // namespace cloudbrain
