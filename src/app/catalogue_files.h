// What an administrator may write beside the data: clusters.toml and specs.toml.
//
//   [[cluster]]                        [[spec]]
//   name = "openi"                     name = "gpu-1"
//   title_zh = "启智集群"              compute = "gpu"
//   title_en = "OpenI"                 accelerator_type = "V100"
//   engine = "local"                   accelerators = 1
//   layout = "openi"                   cpus = 4
//   computes = ["cpu", "gpu", "npu"]   memory = "32GB"         # of 1024^3 bytes
//   simulate = true                    shared_memory = "16GB"  # half of the memory where left out
//   external_images = false            internet = false        # true where left out
//   specs = ["gpu-1"]                  clusters = ["openi"]    # every one where left out
//   images = ["host", "torch"]         kinds = ["train"]       # every one where left out
//   max_runtime_hours = 168
#pragma once

#include <optional>
#include <vector>

#include "base/files.h"
#include "domain/spec.h"

namespace cloudbrain::app {

// Empty where there is no such file: the defaults of tasks/catalogue.h hold then. Throw Error
// invalid ("configuration") with file, line, what is wrong and what would be right.
std::optional<std::vector<Cluster>> read_clusters(const fs::path& file);
std::optional<std::vector<Spec>> read_specs(const fs::path& file,
                                            const std::vector<Cluster>& clusters);

}  // namespace cloudbrain::app
