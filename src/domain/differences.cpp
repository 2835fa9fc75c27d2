#include "domain/differences.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace cloudbrain {

namespace {

using Value = std::optional<std::string>;

class Comparison {
 public:
  void compare(std::string field, Value before, Value after) {
    if (before != after) found_.push_back({std::move(field), std::move(before), std::move(after)});
  }
  bool found_since(std::size_t count) const { return found_.size() > count; }
  std::size_t count() const { return found_.size(); }
  std::vector<Difference> take() { return std::move(found_); }

 private:
  std::vector<Difference> found_;
};

Value text_of(const std::optional<ModelChoice>& model) {
  if (!model) return std::nullopt;
  return fmt::format("{}:{}:{}", model->name, model->version, model->file);
}

// A name that stands alone for its content, told apart by the hash where only that differs.
std::string shown(const DatasetInput& input, bool with_hash) {
  return with_hash ? fmt::format("{} (SHA-256 {})", input.name, input.sha256.substr(0, 12))
                   : input.name;
}

const DatasetInput* find(const std::vector<DatasetInput>& inputs, const std::string& name) {
  const auto found = std::ranges::find(inputs, name, &DatasetInput::name);
  return found == inputs.end() ? nullptr : &*found;
}

void compare_datasets(const Task& before, const Task& after, Comparison& comparison) {
  for (const DatasetInput& input : before.inputs) {
    const DatasetInput* now = find(after.inputs, input.name);
    if (now == nullptr) {
      comparison.compare("datasets", shown(input, false), std::nullopt);
    } else if (now->sha256 != input.sha256) {
      comparison.compare("datasets", shown(input, true), shown(*now, true));
    }
  }
  for (const DatasetInput& input : after.inputs) {
    if (find(before.inputs, input.name) == nullptr) {
      comparison.compare("datasets", std::nullopt, shown(input, false));
    }
  }
}

// A name may be given more than once: its first value is compared with the first, and so on.
std::map<std::string, std::vector<std::string>> by_name(const std::vector<Parameter>& params) {
  std::map<std::string, std::vector<std::string>> values;
  for (const Parameter& parameter : params) values[parameter.name].push_back(parameter.value);
  return values;
}

Value value_at(const std::vector<std::string>& values, std::size_t index) {
  return index < values.size() ? Value(values[index]) : std::nullopt;
}

std::string order_of(const std::vector<Parameter>& params) {
  std::string text;
  for (const Parameter& parameter : params) text += (text.empty() ? "" : ", ") + parameter.name;
  return text;
}

void compare_parameters(const std::vector<Parameter>& before, const std::vector<Parameter>& after,
                        Comparison& comparison) {
  const std::size_t count = comparison.count();
  const auto values_before = by_name(before);
  const auto values_after = by_name(after);
  auto names = values_before;
  names.insert(values_after.begin(), values_after.end());
  const std::vector<std::string> none;
  for (const auto& [name, unused] : names) {
    const auto was = values_before.find(name);
    const auto is = values_after.find(name);
    const auto& old_values = was == values_before.end() ? none : was->second;
    const auto& new_values = is == values_after.end() ? none : is->second;
    for (std::size_t i = 0; i < std::max(old_values.size(), new_values.size()); ++i) {
      comparison.compare("params." + name, value_at(old_values, i), value_at(new_values, i));
    }
  }
  if (!comparison.found_since(count) && before != after) {
    comparison.compare("params", order_of(before), order_of(after));
  }
}

}  // namespace

std::vector<Difference> differences(const Task& before, const Task& after) {
  const TaskRequest& was = before.request;
  const TaskRequest& is = after.request;
  Comparison comparison;
  comparison.compare("cluster", was.cluster, is.cluster);
  comparison.compare("compute", was.compute, is.compute);
  comparison.compare("description", was.description, is.description);
  comparison.compare("branch", was.branch, is.branch);
  comparison.compare("boot_file", was.boot_file, is.boot_file);
  comparison.compare("image", was.image, is.image);
  comparison.compare("engine", was.engine, is.engine);
  comparison.compare("model", text_of(was.model), text_of(is.model));
  compare_datasets(before, after, comparison);
  compare_parameters(was.params, is.params, comparison);
  comparison.compare("spec", was.spec, is.spec);
  comparison.compare("max_runtime_s", std::to_string(was.max_runtime_s),
                     std::to_string(is.max_runtime_s));
  return comparison.take();
}

}  // namespace cloudbrain
