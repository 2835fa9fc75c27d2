// What a task can be asked to run on: clusters with their engines, and resource specs.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "domain/spec.h"
#include "engines/engine.h"

namespace cloudbrain {

// Safe from any thread. All but the specs is made once at start. Owns the engines.
class Catalogue {
 public:
  Catalogue(std::map<std::string, std::unique_ptr<Engine>> engines, std::vector<Cluster> clusters,
            const std::vector<Spec>& specs);

  const std::vector<Cluster>& clusters() const { return clusters_; }
  std::vector<Spec> specs() const;
  const std::map<std::string, std::unique_ptr<Engine>>& engines() const { return engines_; }

  // nullptr where there is none of that name.
  const Cluster* find_cluster(std::string_view name) const;
  // What a pointer leads to stays as it is for the catalogue's life, also where the spec is
  // replaced.
  const Spec* find_spec(std::string_view name) const;
  // The engine of a cluster that exists.
  Engine& engine_of(const Cluster& cluster) const;
  Engine& engine_named(const std::string& name) const;

  // Replaces all specs: see specs/spec_desk.h.
  void offer_specs(const std::vector<Spec>& specs);

 private:
  std::map<std::string, std::unique_ptr<Engine>> engines_;
  std::vector<Cluster> clusters_;
  mutable std::mutex specs_mutex_;  // guards the next two
  std::vector<std::unique_ptr<const Spec>> specs_;
  // Specs that were replaced: a few for each change by hand, and somebody may still read one.
  std::vector<std::unique_ptr<const Spec>> former_specs_;
};

// The two clusters of the platform (启智, 智算), both on the engine named.
std::vector<Cluster> default_clusters(const std::string& engine);
// Specs that fit a machine: cpu-1, cpu-2, … up to its cores, each with its share of the memory, and
// one for each number of accelerators it has.
std::vector<Spec> default_specs(const Offer& offer);

// May the cluster's tasks have this spec at all? Both of them have a say.
bool spec_is_offered(const Spec& spec, const Cluster& cluster);

// True where a task of this compute resource may take this spec: a CPU spec also serves gpu, whose
// name in the form is "CPU/GPU", and every compute resource of a cluster that simulates.
bool spec_serves(const Spec& spec, std::string_view compute, const Cluster& cluster,
                 std::string_view kind);

}  // namespace cloudbrain
