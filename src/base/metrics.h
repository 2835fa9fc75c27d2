// Numbers about the running server, in Prometheus' text format.
#pragma once

#include <map>
#include <memory>
#include <string>

namespace cloudbrain {

using MetricLabels = std::map<std::string, std::string>;

// Safe from any thread. Metrics come into being with their first use and live as long as this.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void count(const std::string& name, const MetricLabels& labels = {}, double by = 1);
  void set(const std::string& name, double value, const MetricLabels& labels = {});
  // What GET /metrics answers (text exposition format 0.0.4).
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cloudbrain
