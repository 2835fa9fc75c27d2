// What a form can choose from, with what is free now.
#include "api/routes.h"
#include "api/views.h"

namespace cloudbrain::api {

namespace {

std::vector<AcceleratorView> accelerators_of(const Offer& offer) {
  std::vector<AcceleratorView> views;
  views.reserve(offer.accelerators.size());
  for (const AcceleratorOffer& kind : offer.accelerators) {
    views.push_back(
        {kind.compute, kind.type, kind.memory_bytes, kind.total, kind.free, kind.unhealthy});
  }
  return views;
}

ClusterList clusters(Call& call) {
  std::map<std::pair<std::string, TaskState>, std::int64_t> counts;
  for (const Task& task : store::Tasks(call.services.database).live()) {
    ++counts[{task.request.cluster, task.state}];
  }
  ClusterList list;
  for (const Cluster& cluster : call.services.catalogue.clusters()) {
    const Offer offer = call.services.catalogue.engine_of(cluster).offer();
    list.items.push_back(
        {cluster.name, call.say({cluster.title_en, cluster.title_zh}), cluster.engine,
         cluster.layout, cluster.computes, offer.cpus_total, offer.cpus_free, offer.memory_total,
         offer.memory_free, accelerators_of(offer), counts[{cluster.name, TaskState::WAITING}],
         counts[{cluster.name, TaskState::RUNNING}], cluster.simulate, cluster.external_images,
         cluster.specs, cluster.images, cluster.max_runtime_s});
  }
  return list;
}

}  // namespace

void add_catalogue_routes(Operations& operations) {
  operations.push_back(answers<ClusterList>(
      {"GET", "/api/v2/clusters", Right::signed_in, Scope::read, "Clusters"}, clusters));
}

}  // namespace cloudbrain::api
