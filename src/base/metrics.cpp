#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace cloudbrain {

struct Metrics::State {
  prometheus::Registry registry;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::count(const std::string& name, const MetricLabels& labels, double by) {
  prometheus::BuildCounter().Name(name).Register(state_->registry).Add(labels).Increment(by);
}

void Metrics::set(const std::string& name, double value, const MetricLabels& labels) {
  prometheus::BuildGauge().Name(name).Register(state_->registry).Add(labels).Set(value);
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace cloudbrain
