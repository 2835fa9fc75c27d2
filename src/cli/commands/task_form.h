// The flags that describe a task, and how they change one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/views.h"
#include "cli/command.h"
#include "domain/task.h"

namespace cloudbrain::cli {

// The request a task was made from.
TaskRequest request_of(const api::TaskView& task);

// A flag given changes a field; one left out leaves it alone. The values' rules are the server's to
// check: it names all that is wrong at once.
class TaskForm {
 public:
  // Name and kind stay what they are when a task is modified.
  enum class Use { submit, modify };
  void define(Options& options, Use use);

  // The spec is named and the compute resource is not: it is the spec's.
  bool leaves_compute_to_spec() const { return spec_ && !compute_; }

  // Throws a usage error naming a flag that cannot be read.
  TaskRequest apply(TaskRequest request) const;

 private:
  void define_inputs(Options& options, Use use);
  void apply_parameters(TaskRequest& request) const;

  std::optional<std::string> name_;
  std::optional<std::string> kind_;
  std::optional<std::string> boot_file_;
  std::optional<std::string> branch_;
  std::optional<std::string> cluster_;
  std::optional<std::string> compute_;
  std::optional<std::string> spec_;
  std::optional<std::string> image_;
  std::optional<std::string> engine_;
  std::optional<std::string> model_;
  std::optional<std::string> description_;
  std::optional<std::string> max_runtime_;
  std::vector<std::string> datasets_;
  std::vector<std::string> params_;
  std::vector<std::string> removed_params_;
  bool no_datasets_ = false;
  bool no_model_ = false;
};

// "lenet:V0001:lenet.pth"; without a file, the version's only one. Throws a usage error.
ModelChoice parse_model(const std::string& text);
// "epoch_size=3"; the value is all that follows the first "=", whatever is in it. Throws a usage
// error.
Parameter parse_parameter(const std::string& text);

}  // namespace cloudbrain::cli
