#include "tasks/catalogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/names.h"

namespace cloudbrain {

namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20U;
constexpr std::int64_t kGiB = std::int64_t{1} << 30U;

template <typename T>
const T* find_named(const std::vector<T>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool allows(const std::vector<std::string>& list, std::string_view word) {
  return list.empty() || std::find(list.begin(), list.end(), word) != list.end();
}

// Memory of one core's share: what is there, evenly, in steps of half a GB, at most 8 GB.
std::int64_t memory_per_core(const Offer& offer) {
  const std::int64_t share = offer.memory_total / std::max(1, offer.cpus_total);
  constexpr std::int64_t kStep = 512 * kMiB;
  return std::clamp(share / kStep * kStep, 256 * kMiB, 8 * kGiB);
}

Spec cpu_spec(int cores, std::int64_t memory) {
  Spec spec;
  spec.name = fmt::format("cpu-{}", cores);
  spec.compute = "cpu";
  spec.cpus = cores;
  spec.memory_bytes = memory;
  spec.shared_memory_bytes = memory / 2;
  return spec;
}

Spec accelerator_spec(const Offer& offer, const AcceleratorOffer& accelerator, int count) {
  const int cores = std::max(1, offer.cpus_total * count / accelerator.total);
  Spec spec = cpu_spec(cores, cores * memory_per_core(offer));
  spec.compute = accelerator.compute;
  spec.accelerator_type = accelerator.type;
  spec.accelerators = count;
  spec.name = fmt::format("{}-{}x{}", accelerator.compute, count, lower_case(accelerator.type));
  return spec;
}

}  // namespace

Catalogue::Catalogue(std::map<std::string, std::unique_ptr<Engine>> engines,
                     std::vector<Cluster> clusters, const std::vector<Spec>& specs)
    : engines_(std::move(engines)), clusters_(std::move(clusters)) {
  offer_specs(specs);
}

const Cluster* Catalogue::find_cluster(std::string_view name) const {
  return find_named(clusters_, name);
}
std::vector<Spec> Catalogue::specs() const {
  const std::lock_guard lock(specs_mutex_);
  std::vector<Spec> specs;
  specs.reserve(specs_.size());
  for (const auto& spec : specs_) specs.push_back(*spec);
  return specs;
}
const Spec* Catalogue::find_spec(std::string_view name) const {
  const std::lock_guard lock(specs_mutex_);
  const auto found =
      std::ranges::find_if(specs_, [&](const auto& spec) { return spec->name == name; });
  return found == specs_.end() ? nullptr : found->get();
}
void Catalogue::offer_specs(const std::vector<Spec>& specs) {
  const std::lock_guard lock(specs_mutex_);
  std::vector<std::unique_ptr<const Spec>> now;
  for (const Spec& spec : specs) {
    const auto same = std::ranges::find_if(
        specs_, [&](const auto& known) { return known != nullptr && *known == spec; });
    now.push_back(same != specs_.end() ? std::move(*same) : std::make_unique<const Spec>(spec));
  }
  for (auto& spec : specs_) {
    if (spec != nullptr) former_specs_.push_back(std::move(spec));
  }
  specs_ = std::move(now);
}

Engine& Catalogue::engine_of(const Cluster& cluster) const {
  return engine_named(cluster.engine);
}

Engine& Catalogue::engine_named(const std::string& name) const {
  return *engines_.at(name);
}

std::vector<Cluster> default_clusters(const std::string& engine) {
  // Others come by configuration (clusters.toml), or from what the machine has (app/platform.cpp).
  const std::vector<std::string> computes{"cpu", "gpu", "npu"};
  return {{"openi", "启智集群", "OpenI", engine, "openi", computes, false, true},
          {"c2net", "智算网络集群", "C2Net", engine, "c2net", computes, false, true}};
}

std::vector<Spec> default_specs(const Offer& offer) {
  std::vector<Spec> specs;
  for (int cores = 1; cores < offer.cpus_total; cores *= 2) {
    specs.push_back(cpu_spec(cores, cores * memory_per_core(offer)));
  }
  specs.push_back(cpu_spec(offer.cpus_total, offer.cpus_total * memory_per_core(offer)));
  for (const AcceleratorOffer& accelerator : offer.accelerators) {
    for (int count = 1; count <= accelerator.total; count *= 2) {
      specs.push_back(accelerator_spec(offer, accelerator, count));
    }
  }
  return specs;
}

bool spec_serves(const Spec& spec, std::string_view compute, const Cluster& cluster,
                 std::string_view kind) {
  const bool computes =
      spec.compute == compute || (spec.compute == "cpu" && (compute == "gpu" || cluster.simulate));
  return computes && spec_is_offered(spec, cluster) && allows(spec.kinds, kind);
}

bool spec_is_offered(const Spec& spec, const Cluster& cluster) {
  return allows(spec.clusters, cluster.name) && allows(cluster.specs, spec.name);
}

}  // namespace cloudbrain
