// Is the server well, and its numbers.
#include "api/routes.h"

namespace cloudbrain::api {

void add_system_routes(Operations& operations) {
  operations.push_back(responds({"GET", "/healthz", Right::anyone, Scope::read, "Is the server up"},
                                "application/json", [](Call& call) {
                                  return http::Response::json(to_text(json::object{
                                      {"status", "ok"}, {"version", call.services.version}}));
                                }));
  operations.push_back(responds(
      {"GET", "/metrics", Right::anyone, Scope::read, "Numbers in Prometheus' text format"},
      "text/plain", [](Call& call) {
        for (const auto& [state, count] : store::Tasks(call.services.database).count_by_state()) {
          call.services.metrics.set("cloudbrain_tasks", static_cast<double>(count),
                                    {{"state", enum_name(state)}});
        }
        return http::Response::text(call.services.metrics.text(), "text/plain; version=0.0.4");
      }));
}

}  // namespace cloudbrain::api
