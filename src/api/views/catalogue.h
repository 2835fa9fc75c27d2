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
  bool free_now = false;                  // a task of this spec would start at once
  std::optional<std::string> impossible;  // why this machine can never run it
};
BOOST_DESCRIBE_STRUCT(SpecView, (),
                      (name, text, compute, accelerator_type, accelerators, cpus, memory_bytes,
                       shared_memory_bytes, internet, free_now, impossible))

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
  std::int64_t waiting = 0;  // tasks in the queue
  std::int64_t running = 0;
};
BOOST_DESCRIBE_STRUCT(ClusterView, (),
                      (name, title, engine, layout, computes, cpus_total, cpus_free, memory_total,
                       memory_free, waiting, running))

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
  X(SpecView) X(ClusterView) X(ClusterList) X(SpecList)
// clang-format on

}  // namespace cloudbrain::api
