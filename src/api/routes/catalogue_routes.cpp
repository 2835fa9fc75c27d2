// What a form can choose from, with what is free now.
#include "api/routes.h"
#include "api/views.h"

namespace cloudbrain::api {

namespace {

bool fits_now(const Spec& spec, const Offer& offer) {
  if (spec.cpus > offer.cpus_free || spec.memory_bytes > offer.memory_free) return false;
  if (spec.accelerators == 0) return true;
  for (const AcceleratorOffer& accelerator : offer.accelerators) {
    if (accelerator.type == spec.accelerator_type) return accelerator.free >= spec.accelerators;
  }
  return false;
}

Launch launch_of(const Spec& spec) {
  Launch launch;
  launch.limits.cpus = spec.cpus;
  launch.limits.memory_bytes = spec.memory_bytes;
  launch.accelerator_type = spec.accelerator_type;
  launch.accelerators = spec.accelerators;
  return launch;
}

SpecView view_of(const Call& call, const Spec& spec, Engine& engine) {
  SpecView view;
  view.name = spec.name;
  view.text = call.request.wants_chinese() ? spec_text_zh(spec) : spec_text_en(spec);
  view.compute = spec.compute;
  view.accelerator_type = spec.accelerator_type;
  view.accelerators = spec.accelerators;
  view.cpus = spec.cpus;
  view.memory_bytes = spec.memory_bytes;
  view.shared_memory_bytes = spec.shared_memory_bytes;
  view.internet = spec.internet;
  if (const auto why = engine.why_impossible(launch_of(spec))) {
    view.impossible = call.say(*why);
  } else {
    view.free_now = fits_now(spec, engine.offer());
  }
  return view;
}

// ?cluster= chooses whose machine is asked; the first one else.
SpecList specs(Call& call) {
  const Catalogue& catalogue = call.services.catalogue;
  const std::string wanted(
      call.request.query("cluster").value_or(catalogue.clusters().front().name));
  const Cluster* cluster = catalogue.find_cluster(wanted);
  if (cluster == nullptr) {
    throw Error(ErrorKind::missing, "cluster_missing",
                {fmt::format("There is no cluster \"{}\".", wanted),
                 fmt::format("没有算力集群“{}”。", wanted)});
  }
  SpecList list;
  for (const Spec& spec : catalogue.specs()) {
    list.items.push_back(view_of(call, spec, catalogue.engine_of(*cluster)));
  }
  return list;
}

ClusterList clusters(Call& call) {
  const auto counts = store::Tasks(call.services.database).count_by_state();
  const auto count = [&](TaskState state) {
    const auto found = counts.find(state);
    return found == counts.end() ? 0 : found->second;
  };
  ClusterList list;
  for (const Cluster& cluster : call.services.catalogue.clusters()) {
    const Offer offer = call.services.catalogue.engine_of(cluster).offer();
    list.items.push_back({cluster.name, call.say({cluster.title_en, cluster.title_zh}),
                          cluster.engine, cluster.layout, cluster.computes, offer.cpus_total,
                          offer.cpus_free, offer.memory_total, offer.memory_free,
                          count(TaskState::WAITING), count(TaskState::RUNNING)});
  }
  return list;
}

}  // namespace

void add_catalogue_routes(Operations& operations) {
  operations.push_back(answers<ClusterList>(
      {"GET", "/api/v2/clusters", Right::signed_in, Scope::read, "Clusters"}, clusters));
  operations.push_back(answers<SpecList>({"GET",
                                          "/api/v2/specs",
                                          Right::signed_in,
                                          Scope::read,
                                          "Resource specs, with what is free now",
                                          {"cluster"}},
                                         specs));
}

}  // namespace cloudbrain::api
