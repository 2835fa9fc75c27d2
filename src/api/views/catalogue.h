// What a form can choose from. See api/views.h.
#pragma once

#include "api/views/page.h"

namespace cloudbrain::api {

struct SpecView {
  std::string name;
  std::string text;  // "CPU: 1, 内存: 4GB, …" in the language of the request
  std::string compute;
  std::string accelerator_type;
  int accelerators = 0;
  int cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t shared_memory_bytes = 0;
  bool internet = false;
  std::vector<std::string> clusters;      // empty: every one
  std::vector<std::string> kinds;         // empty: every one
  std::string source;                     // machine, file (specs.toml), administrator
  bool free_now = false;                  // a task of this spec would start at once
  int free = 0;                           // how many would
  std::optional<std::string> impossible;  // why this machine can never run it
};
BOOST_DESCRIBE_STRUCT(SpecView, (),
                      (name, text, compute, accelerator_type, accelerators, cpus, memory_bytes,
                       shared_memory_bytes, internet, clusters, kinds, source, free_now, free,
                       impossible))

// A spec that the administrator makes; its name is in the address.
struct SpecBody {
  std::string compute;
  std::string accelerator_type;
  int accelerators = 0;
  int cpus = 0;
  std::int64_t memory_bytes = 0;
  std::optional<std::int64_t> shared_memory_bytes;  // half of the memory where left out
  bool internet = true;
  std::vector<std::string> clusters;
  std::vector<std::string> kinds;

  static constexpr std::array<std::string_view, 3> kRequired{"compute", "cpus", "memory_bytes"};
};
BOOST_DESCRIBE_STRUCT(SpecBody, (),
                      (compute, accelerator_type, accelerators, cpus, memory_bytes,
                       shared_memory_bytes, internet, clusters, kinds))

// How much of one kind of accelerator a cluster has.
struct AcceleratorView {
  std::string compute;
  std::string type;
  std::int64_t memory_bytes = 0;  // of each; 0: not known
  int total = 0;
  int free = 0;
  int unhealthy = 0;
};
BOOST_DESCRIBE_STRUCT(AcceleratorView, (), (compute, type, memory_bytes, total, free, unhealthy))

// One accelerator.
struct DeviceView {
  std::string name;  // "nvidia.com/gpu=0"
  std::string compute;
  std::string type;
  int index = 0;
  std::int64_t memory_bytes = 0;
  bool healthy = false;
  std::string problem;               // empty where it is healthy
  std::optional<std::int64_t> task;  // id of the task that has it
};
BOOST_DESCRIBE_STRUCT(DeviceView, (),
                      (name, compute, type, index, memory_bytes, healthy, problem, task))

struct DeviceList {
  std::vector<DeviceView> items;
};
BOOST_DESCRIBE_STRUCT(DeviceList, (), (items))

struct ClusterView {
  std::string name;
  std::string title;
  std::string engine;
  std::string layout;
  std::vector<std::string> computes;
  int cpus_total = 0;
  int cpus_free = 0;
  std::int64_t memory_total = 0;
  std::int64_t memory_free = 0;
  std::vector<AcceleratorView> accelerators;
  std::int64_t waiting = 0;  // tasks of this cluster, here and in `running`
  std::int64_t running = 0;
  bool simulate = false;  // what the machine lacks runs on its CPU
  bool external_images = true;
  std::vector<std::string> specs;   // empty: every one
  std::vector<std::string> images;  // empty: every one
  std::int64_t max_runtime_s = 0;   // 0: no limit of its own
};
BOOST_DESCRIBE_STRUCT(ClusterView, (),
                      (name, title, engine, layout, computes, cpus_total, cpus_free, memory_total,
                       memory_free, accelerators, waiting, running, simulate, external_images,
                       specs, images, max_runtime_s))

struct ClusterList {
  std::vector<ClusterView> items;
};
BOOST_DESCRIBE_STRUCT(ClusterList, (), (items))

struct SpecList {
  std::vector<SpecView> items;
};
BOOST_DESCRIBE_STRUCT(SpecList, (), (items))

// clang-format off: it would not leave this alone
#define CLOUDBRAIN_CATALOGUE_VIEWS(X) \
  X(SpecView) X(SpecBody) X(AcceleratorView) X(DeviceView) X(DeviceList) X(ClusterView) X(ClusterList) X(SpecList)
// clang-format on

}  // namespace cloudbrain::api
