// A resource spec: a named amount of machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

namespace cloudbrain {

struct Spec {
  std::string name;              // "cpu-1": unique
  std::string compute;           // cpu, gpu, npu, …: data, not an enum
  std::string accelerator_type;  // "V100", "Ascend-910"; empty for none
  int accelerators = 0;
  int cpus = 1;  // cores
  std::int64_t memory_bytes = 0;
  std::int64_t shared_memory_bytes = 0;  // size of /dev/shm
  bool internet = true;
  std::vector<std::string> clusters;  // empty: every cluster
  std::vector<std::string> kinds;     // empty: every kind of task

  bool operator==(const Spec&) const = default;
};
BOOST_DESCRIBE_STRUCT(Spec, (),
                      (name, compute, accelerator_type, accelerators, cpus, memory_bytes,
                       shared_memory_bytes, internet, clusters, kinds))

// As the form shows it: "GPU: 1*V100, CPU: 4, 内存: 32GB, 共享内存: 16GB".
std::string spec_text_zh(const Spec& spec);
std::string spec_text_en(const Spec& spec);

// "8 GB", "7.5 GB", "512 MB", in powers of 1024: never more than there is.
std::string amount_text(std::int64_t bytes);

// A place to run: an engine, a layout, and what of it may be used.
struct Cluster {
  std::string name;  // "openi"
  std::string title_zh;
  std::string title_en;
  std::string engine;  // "local"
  std::string layout;  // "openi" or "c2net": layouts.h
  std::vector<std::string> computes;
  // A compute resource that the machine does not have runs on its CPU, with everything else as the
  // layout promises: to try a script.
  bool simulate = false;
  // May a task name an image that is not in the catalogue?
  bool external_images = true;
  std::vector<std::string> specs;   // by name; empty: every one that is not for other clusters
  std::vector<std::string> images;  // of the catalogue, and "host"; empty: every one
  std::int64_t max_runtime_s = 0;   // the longest that a task may ask for; 0: no such limit

  bool operator==(const Cluster&) const = default;
};
BOOST_DESCRIBE_STRUCT(Cluster, (),
                      (name, title_zh, title_en, engine, layout, computes, simulate,
                       external_images, specs, images, max_runtime_s))

}  // namespace cloudbrain
