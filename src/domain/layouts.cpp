#include "domain/layouts.h"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "domain/names.h"

namespace cloudbrain {

namespace {

// clang-format off
constexpr std::array<Layout, 5> kLayouts{{
    {.cluster_layout = "openi", .npu = false, .inference_only = false, .training_only = true,
     .code = "/code", .code_in_project_folder = false, .code_alias = "",
     .dataset = "/dataset", .model = "/pretrainmodel", .output = "/model",
     .arguments = ArgumentSet::gpu, .data_arguments = false},
    {.cluster_layout = "openi", .npu = false, .inference_only = true, .training_only = false,
     .code = "/code", .code_in_project_folder = false, .code_alias = "",
     .dataset = "/dataset", .model = "/model", .output = "/result",
     .arguments = ArgumentSet::gpu, .data_arguments = false},
    {.cluster_layout = "openi", .npu = true, .inference_only = false, .training_only = false,
     .code = "/cache/code", .code_in_project_folder = false,
     .code_alias = "/home/work/user-job-dir/{version}",
     .dataset = "/cache/dataset", .model = "/cache/pretrainmodel", .output = "/cache/output",
     .arguments = ArgumentSet::npu, .data_arguments = true},
    {.cluster_layout = "c2net", .npu = false, .inference_only = false, .training_only = false,
     .code = "/tmp/code", .code_in_project_folder = true, .code_alias = "",
     .dataset = "/tmp/dataset", .model = "/tmp/pretrainmodel", .output = "/tmp/output",
     .arguments = ArgumentSet::gpu, .data_arguments = false},
    {.cluster_layout = "c2net", .npu = true, .inference_only = false, .training_only = false,
     .code = "/cache/code", .code_in_project_folder = true, .code_alias = "",
     .dataset = "/cache/dataset", .model = "/cache/pretrainmodel", .output = "/cache/output",
     .arguments = ArgumentSet::npu, .data_arguments = false},
}};
// clang-format on

std::string argument(std::string_view name, std::string_view value) {
  return fmt::format("--{}={}", name, value);
}

bool user_gave(const TaskRequest& request, std::string_view name) {
  for (const Parameter& parameter : request.params) {
    if (parameter.name == name) return true;
  }
  return false;
}

// An archive's own folder, where it lies whether it was chosen alone or with others; or the plain
// file.
std::string dataset_path(const Layout& layout, const DatasetInput& dataset) {
  return fmt::format("{}/{}", layout.dataset, dataset.place());
}

// Scripts copy each entry to <their folder>/<dataset_name>: the name without the archive's ending.
std::string dataset_list(const Layout& layout, const LayoutInput& input) {
  boost::json::array list;
  for (const DatasetInput& dataset : input.datasets) {
    list.push_back(boost::json::object{{"dataset_url", dataset_path(layout, dataset)},
                                       {"dataset_name", dataset.place()}});
  }
  return boost::json::serialize(list);
}

// Scripts copy model_url to <their folder>/<model_name>, so the name is a file name, not a path.
std::string model_list(const Layout& layout, const LayoutInput& input) {
  const std::string& file = input.request.model->file;
  boost::json::array list;
  list.push_back(boost::json::object{{"model_url", checkpoint_path(layout, input)},
                                     {"model_name", file.substr(file.rfind('/') + 1)}});
  return boost::json::serialize(list);
}

std::string_view output_argument(const LayoutInput& input) {
  return input.request.kind == TaskKind::inference ? "result_url" : "train_url";
}

// Arguments that point at places of the layout: a value of the user's would point nowhere.
bool is_placed_by_layout(const Layout& layout, const LayoutInput& input, std::string_view name) {
  if (!layout.data_arguments) return false;
  if (name == "data_url") return !input.datasets.empty();
  return name == output_argument(input);
}

void add_checkpoint(const Layout& layout, const LayoutInput& input, std::vector<std::string>& to) {
  if (input.request.model) to.push_back(argument("ckpt_url", checkpoint_path(layout, input)));
}

// One data set's content lies at the root; of several, data_url names the first.
void add_data_arguments(const Layout& layout, const LayoutInput& input,
                        std::vector<std::string>& to) {
  const bool has_data = !input.datasets.empty();
  if (has_data) {
    to.push_back(argument("data_url", input.datasets.size() == 1
                                          ? std::string(layout.dataset)
                                          : dataset_path(layout, input.datasets.front())));
  }
  to.push_back(argument(output_argument(input), layout.output));
  if (has_data) to.push_back(argument("multi_data_url", dataset_list(layout, input)));
  if (input.request.model) to.push_back(argument("pretrain_url", model_list(layout, input)));
  add_checkpoint(layout, input, to);
}

}  // namespace

std::span<const Layout> all_layouts() {
  return kLayouts;
}

const Layout& find_layout(std::string_view cluster_layout, std::string_view compute,
                          TaskKind kind) {
  const bool npu = compute == "npu";
  for (const Layout& layout : kLayouts) {
    if (layout.cluster_layout != cluster_layout || layout.npu != npu) continue;
    if (layout.inference_only && kind != TaskKind::inference) continue;
    if (layout.training_only && kind != TaskKind::train) continue;
    return layout;
  }
  throw Error(ErrorKind::internal, "no_layout",
              {fmt::format("No layout \"{}\" for compute \"{}\".", cluster_layout, compute),
               fmt::format("没有适用于计算资源“{}”的布局“{}”。", compute, cluster_layout)});
}

std::string code_directory(const Layout& layout, const LayoutInput& input) {
  std::string path(layout.code);
  if (layout.code_in_project_folder) path += "/" + lower_case(input.project);
  return path;
}

std::vector<DatasetPlace> dataset_places(const Layout& layout, const LayoutInput& input) {
  std::vector<DatasetPlace> places;
  if (input.datasets.size() == 1 && !input.datasets.front().folder.empty()) {
    places.push_back({0, std::string(layout.dataset), true});
  }
  for (std::size_t i = 0; i < input.datasets.size(); ++i) {
    places.push_back({i, dataset_path(layout, input.datasets[i]), false});
  }
  return places;
}

std::string checkpoint_path(const Layout& layout, const LayoutInput& input) {
  if (!input.request.model) return {};
  return fmt::format("{}/{}", layout.model, input.request.model->file);
}

std::vector<std::string> script_arguments(const Layout& layout, const LayoutInput& input) {
  std::vector<std::string> arguments;
  if (layout.data_arguments) add_data_arguments(layout, input, arguments);
  for (const Parameter& parameter : input.request.params) {
    if (is_placed_by_layout(layout, input, parameter.name)) continue;
    arguments.push_back(argument(parameter.name, parameter.value));
  }
  if (!layout.data_arguments) add_checkpoint(layout, input, arguments);
  if (layout.arguments == ArgumentSet::npu && !user_gave(input.request, "device_target")) {
    arguments.push_back(argument("device_target", "Ascend"));
  }
  return arguments;
}

std::map<std::string, std::string> script_variables(const Layout& layout,
                                                    const LayoutInput& input) {
  const std::string output(layout.output);
  const std::string packages(kPackages);
  return {
      {"PYTHONUNBUFFERED", "1"},
      {"PYTHONPATH", packages + "/any" + (layout.npu ? ":" + packages + "/npu" : "")},
      // The c2net package (prepare(), upload_output()).
      {"DATA_DOWNLOAD_METHOD", "MOUNT"},
      {"LOCAL_CODE_PATH", std::string(layout.code)},
      {"LOCAL_DATASET_PATH", std::string(layout.dataset)},
      {"LOCAL_PRETRAIN_MODEL_PATH", std::string(layout.model)},
      {"LOCAL_OUTPUT_PATH", output},
      {"LOCAL_TENSORBOARD_PATH", output + "/tensorboard"},
      // What a script would have to fetch where places are not mounted. The code is there already.
      {"CODE_URL", "[]"},
      {"DATASET_URL", dataset_list(layout, input)},
      {"PRETRAIN_MODEL_URL", input.request.model ? model_list(layout, input) : "[]"},
      {"OUTPUT_URL", output},
      {"CODE_NEED_UNZIP", "false"},
      {"DATASET_NEED_UNZIP", "false"},
      {"PRETRAIN_MODEL_NEED_UNZIP", "false"},
      // Launchers of MindSpore and PyTorch: one process on one node.
      {"RANK_SIZE", "1"},
      {"RANK_ID", "0"},
      {"RANK", "0"},
      {"WORLD_SIZE", "1"},
      {"LOCAL_RANK", "0"},
      {"DEVICE_ID", "0"},
      {"ASCEND_DEVICE_ID", "0"},
      {"MASTER_ADDR", "127.0.0.1"},
      {"MASTER_PORT", "29500"},
  };
}

}  // namespace cloudbrain
