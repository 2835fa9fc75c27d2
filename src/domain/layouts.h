// Where a script finds its code, data, model and output, and which arguments and variables it is
// given: the contracts of the platform, as one table. A new layout is a new row.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/task.h"

namespace cloudbrain {

// Which arguments the platform adds; none is ever added that the layout does not name.
enum class ArgumentSet {
  gpu,  // ckpt_url
  npu,  // data_url, train_url or result_url, multi_data_url, pretrain_url, ckpt_url, device_target
};

struct Layout {
  std::string_view cluster_layout;  // "openi", "c2net"
  bool npu;                         // else gpu and cpu
  bool inference_only;              // a row for inference alone
  bool training_only;
  std::string_view code;
  bool code_in_project_folder;  // code lies in <code>/<project in lower case>
  std::string_view code_alias;  // a second path for the code; "{version}" becomes V0001
  std::string_view dataset;
  std::string_view model;
  std::string_view output;
  ArgumentSet arguments;
  bool data_arguments;  // npu rows: also the data_url family (openi)
};

std::span<const Layout> all_layouts();

// The row for a cluster's layout, a compute resource and a kind. Throws Error internal where the
// table has none (a cluster's configuration is checked at start).
const Layout& find_layout(std::string_view cluster_layout, std::string_view compute, TaskKind kind);

// What the layout needs to know of a task.
struct LayoutInput {
  std::string_view project;  // name without owner
  const TaskRequest& request;
  int version = 1;
  std::span<const DatasetInput> datasets;
};

// Absolute directory of the code inside, which is also the working directory.
std::string code_directory(const Layout& layout, const LayoutInput& input);
// Where each file of the chosen data sets appears: an archive chosen alone lies at the root and in
// its folder, several each in their own folder, plain files as themselves at the root. `index`
// counts input.datasets; `whole_root` marks the root mount of an archive chosen alone.
struct DatasetPlace {
  std::size_t index;
  std::string target;
  bool whole_root;
};
std::vector<DatasetPlace> dataset_places(const Layout& layout, const LayoutInput& input);
// The path given as ckpt_url; empty without a model.
std::string checkpoint_path(const Layout& layout, const LayoutInput& input);

// The script's arguments in the order of the platform, each one argv entry: the places that the
// layout passes as arguments (openi npu), the form's parameters in the form's order, ckpt_url where
// it was not among the places, device_target (npu).
std::vector<std::string> script_arguments(const Layout& layout, const LayoutInput& input);
// The variables of every layout (c2net package, launchers), without CLOUDBRAIN_TASK_ID.
std::map<std::string, std::string> script_variables(const Layout& layout, const LayoutInput& input);

// Where the packages of task-packages/ appear: <kPackages>/any in every layout, <kPackages>/npu in
// those for NPUs, as scripts tell by `import moxing` whether they run on one.
inline constexpr std::string_view kPackages = "/opt/cloudbrain";

// Files that the c2net package wants to find so that it does not write into read-only directories,
// relative to the code, data set, model roots.
inline constexpr std::string_view kCodeMarker = ".code_cache_file";
inline constexpr std::string_view kDatasetMarker = ".dataset_cache_file";
inline constexpr std::string_view kModelMarker = ".pretrainmodel_cache_file";

}  // namespace cloudbrain
