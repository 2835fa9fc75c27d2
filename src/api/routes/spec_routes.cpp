// Resource specs and the accelerators behind them: what is there, what is free, and what the
// administrator makes of it.
#include <algorithm>

#include "api/routes.h"
#include "api/views.h"

namespace cloudbrain::api {

namespace {

// How many tasks of this spec would start now.
int free_of(const Spec& spec, const Offer& offer) {
  std::int64_t free = offer.cpus_free / std::max(1, spec.cpus);
  free = std::min(free, offer.memory_free / std::max<std::int64_t>(1, spec.memory_bytes));
  if (spec.accelerators > 0) {
    const auto kind =
        std::ranges::find(offer.accelerators, spec.accelerator_type, &AcceleratorOffer::type);
    free = kind == offer.accelerators.end()
               ? 0
               : std::min<std::int64_t>(free, kind->free / spec.accelerators);
  }
  return static_cast<int>(free);
}

Launch launch_of(const Spec& spec) {
  Launch launch;
  launch.limits.cpus = spec.cpus;
  launch.limits.memory_bytes = spec.memory_bytes;
  launch.accelerator_type = spec.accelerator_type;
  launch.accelerators = spec.accelerators;
  return launch;
}

SpecView view_of(const Call& call, const OfferedSpec& offered, Engine& engine) {
  const Spec& spec = offered.spec;
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
  view.clusters = spec.clusters;
  view.kinds = spec.kinds;
  view.source = enum_name(offered.source);
  if (const auto why = engine.why_impossible(launch_of(spec))) {
    view.impossible = call.say(*why);
  } else {
    view.free = free_of(spec, engine.offer());
    view.free_now = view.free > 0;
  }
  return view;
}

// ?cluster= chooses whose machine is asked; the first one else.
const Cluster& cluster_of(const Call& call) {
  const Catalogue& catalogue = call.services.catalogue;
  const std::string wanted(
      call.request.query("cluster").value_or(catalogue.clusters().front().name));
  const Cluster* const cluster = catalogue.find_cluster(wanted);
  if (cluster == nullptr) {
    throw Error(ErrorKind::missing, "cluster_missing",
                {fmt::format("There is no cluster \"{}\".", wanted),
                 fmt::format("没有算力集群“{}”。", wanted)});
  }
  return *cluster;
}

SpecList specs(Call& call) {
  const Cluster& cluster = cluster_of(call);
  const bool of_one = call.request.query("cluster").has_value();
  SpecList list;
  for (const OfferedSpec& offered : call.services.specs.all()) {
    const bool here = spec_is_offered(offered.spec, cluster);
    if (of_one && !here) continue;
    list.items.push_back(view_of(call, offered, call.services.catalogue.engine_of(cluster)));
  }
  return list;
}

SpecView put_spec(Call& call, SpecBody body) {
  Spec spec;
  spec.name = call.request.arg("spec");
  spec.compute = std::move(body.compute);
  spec.accelerator_type = std::move(body.accelerator_type);
  spec.accelerators = body.accelerators;
  spec.cpus = body.cpus;
  spec.memory_bytes = body.memory_bytes;
  spec.shared_memory_bytes = body.shared_memory_bytes.value_or(body.memory_bytes / 2);
  spec.internet = body.internet;
  spec.clusters = std::move(body.clusters);
  spec.kinds = std::move(body.kinds);
  const OfferedSpec offered = call.services.specs.put(spec);
  return view_of(call, offered, call.services.catalogue.engine_of(cluster_of(call)));
}

http::Response remove_spec(Call& call) {
  call.services.specs.remove(std::string(call.request.arg("spec")));
  return http::Response::empty(204);
}

DeviceList accelerators(Call& call) {
  DeviceList list;
  Engine& engine = call.services.catalogue.engine_of(cluster_of(call));
  for (const AcceleratorState& device : engine.offer().devices) {
    DeviceView view{device.name, device.compute, device.type, device.index, device.memory_bytes};
    view.healthy = device.problem.empty();
    if (!view.healthy) view.problem = call.say(device.problem);
    if (device.task) view.task = device.task->value;
    list.items.push_back(std::move(view));
  }
  return list;
}

}  // namespace

void add_spec_routes(Operations& operations) {
  operations.push_back(answers<SpecList>({"GET",
                                          "/api/v2/specs",
                                          Right::signed_in,
                                          Scope::read,
                                          "Resource specs, with what is free now",
                                          {"cluster"}},
                                         specs));
  operations.push_back(takes<SpecBody, SpecView>(
      {"PUT", "/api/v2/specs/{spec}", Right::administer, Scope::admin, "Make or replace a spec"},
      put_spec));
  operations.push_back(responds({"DELETE",
                                 "/api/v2/specs/{spec}",
                                 Right::administer,
                                 Scope::admin,
                                 "Withdraw a spec",
                                 {},
                                 204},
                                "", remove_spec));
  operations.push_back(answers<DeviceList>({"GET",
                                            "/api/v2/accelerators",
                                            Right::administer,
                                            Scope::admin,
                                            "Accelerators one by one: health, and who has them",
                                            {"cluster"}},
                                           accelerators));
}

}  // namespace cloudbrain::api
