// A task with all a layout can place: the tests take away what they do not want.
#pragma once

#include <string>
#include <vector>

#include "domain/layouts.h"

namespace cloudbrain {

struct LayoutCase {
  std::string project = "MNIST_Example";
  TaskRequest request;
  int version = 1;
  std::vector<DatasetInput> datasets;

  LayoutCase(std::string cluster_layout, std::string compute, TaskKind kind)
      : layout(find_layout(cluster_layout, compute, kind)) {
    request.kind = kind;
    request.compute = compute;
    request.boot_file = "train.py";
    with_datasets({"MnistDataset_torch.zip"});
    request.model = ModelChoice{"lenet", "V0001", "lenet.ckpt"};
    request.params = {{"epoch_size", "3"}, {"batch_size", "128"}};
  }

  LayoutCase& with_datasets(const std::vector<std::string>& names) {
    datasets.clear();
    for (const std::string& name : names) {
      datasets.push_back(
          {name, name.substr(0, name.size() - std::string_view(".zip").size()), "ab12"});
    }
    return *this;
  }
  LayoutCase& without_model() {
    request.model.reset();
    return *this;
  }
  LayoutCase& with_params(std::vector<Parameter> params) {
    request.params = std::move(params);
    return *this;
  }

  LayoutInput input() const { return {project, request, version, datasets}; }
  std::vector<std::string> arguments() const { return script_arguments(layout, input()); }
  std::map<std::string, std::string> variables() const { return script_variables(layout, input()); }

  const Layout& layout;
};

}  // namespace cloudbrain
