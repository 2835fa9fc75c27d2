#include "engines/fake_engine.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace cloudbrain {

FakeEngine::FakeEngine(const Clock& clock, Offer capacity)
    : clock_(clock), capacity_(std::move(capacity)) {}

void FakeEngine::require_available() const {
  if (available_) return;
  throw Error(ErrorKind::unavailable, "engine_unavailable",
              {"The engine does not answer.", "算力集群没有响应。"});
}

Offer FakeEngine::offer_locked() const {
  Offer offer = capacity_;
  offer.cpus_free = offer.cpus_total;
  offer.memory_free = offer.memory_total;
  for (AcceleratorOffer& kind : offer.accelerators) kind.free = kind.total;
  for (const auto& [key, attempt] : attempts_) {
    if (!attempt.holds_resources) continue;
    offer.cpus_free -= static_cast<int>(std::ceil(attempt.launch.limits.cpus));
    offer.memory_free -= attempt.launch.limits.memory_bytes;
    for (AcceleratorOffer& kind : offer.accelerators) {
      if (kind.type == attempt.launch.accelerator_type) kind.free -= attempt.launch.accelerators;
    }
  }
  return offer;
}

bool FakeEngine::fits(const Launch& launch) const {
  const Offer offer = offer_locked();
  if (launch.limits.cpus > offer.cpus_free || launch.limits.memory_bytes > offer.memory_free)
    return false;
  return launch.accelerators == 0 ||
         std::ranges::any_of(offer.accelerators, [&](const AcceleratorOffer& kind) {
           return kind.type == launch.accelerator_type && kind.free >= launch.accelerators;
         });
}

Offer FakeEngine::offer() {
  const std::lock_guard lock(mutex_);
  require_available();
  return offer_locked();
}

std::optional<Text> FakeEngine::why_impossible(const Launch& launch) {
  const std::lock_guard lock(mutex_);
  require_available();
  const int accelerators = std::ranges::any_of(capacity_.accelerators,
                                               [&](const AcceleratorOffer& kind) {
                                                 return kind.type == launch.accelerator_type &&
                                                        kind.total >= launch.accelerators;
                                               })
                               ? launch.accelerators
                               : 0;
  if (launch.limits.cpus <= capacity_.cpus_total &&
      launch.limits.memory_bytes <= capacity_.memory_total && accelerators == launch.accelerators) {
    return std::nullopt;
  }
  return Text{
      fmt::format("asks for {} cores, there are {}.", launch.limits.cpus, capacity_.cpus_total),
      fmt::format("需要 {} 核，共有 {} 核。", launch.limits.cpus, capacity_.cpus_total)};
}

std::optional<Handle> FakeEngine::start(const Launch& launch, const std::string&) {
  const std::lock_guard lock(mutex_);
  require_available();
  Handle handle{launch.task, launch.attempt, fmt::format("fake-{}", launch.task.value)};
  const Key key{launch.task, launch.attempt};
  if (attempts_.contains(key)) return handle;
  if (!fits(launch)) return std::nullopt;
  Report report{launch.task, launch.attempt, Phase::running, clock_.now(), {}, {}};
  attempts_[key] = Attempt{launch, std::move(report)};
  return handle;
}

std::vector<Report> FakeEngine::look(std::span<const Handle> handles) {
  const std::lock_guard lock(mutex_);
  require_available();
  std::vector<Report> reports;
  for (const Handle& handle : handles) {
    const auto found = attempts_.find({handle.task, handle.attempt});
    reports.push_back(found != attempts_.end()
                          ? found->second.report
                          : Report{handle.task, handle.attempt, Phase::lost, {}, {}, {}});
  }
  return reports;
}

void FakeEngine::stop(const Handle& handle, std::chrono::seconds) {
  bool obeys = false;
  {
    const std::lock_guard lock(mutex_);
    require_available();
    const auto found = attempts_.find({handle.task, handle.attempt});
    if (found == attempts_.end()) return;
    found->second.stop_asked = true;
    obeys = obeys_stop_;
  }
  if (obeys) end(handle.task, {.cause = EndCause::stopped, .exit_code = 143, .signal = 15});
}

void FakeEngine::forget(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  require_available();
  const auto found = attempts_.find({handle.task, handle.attempt});
  if (found != attempts_.end()) found->second.holds_resources = false;
}

void FakeEngine::on_change(std::function<void(TaskId)> callback) {
  const std::lock_guard lock(callback_mutex_);
  callback_ = std::move(callback);
}

void FakeEngine::tell(TaskId task) {
  const std::lock_guard lock(callback_mutex_);
  if (callback_) callback_(task);
}

FakeEngine::Attempt* FakeEngine::latest(TaskId task) {
  return const_cast<Attempt*>(std::as_const(*this).latest(task));
}

const FakeEngine::Attempt* FakeEngine::latest(TaskId task) const {
  const auto after = attempts_.upper_bound({task, std::numeric_limits<int>::max()});
  if (after == attempts_.begin()) return nullptr;
  const auto last = std::prev(after);
  return last->first.first == task ? &last->second : nullptr;
}

void FakeEngine::finish(TaskId task, Phase phase, std::optional<End> end) {
  {
    const std::lock_guard lock(mutex_);
    Attempt* attempt = latest(task);
    if (attempt == nullptr || attempt->report.phase != Phase::running) return;
    attempt->report.phase = phase;
    attempt->report.end = std::move(end);
    attempt->report.ended_at = clock_.now();
    attempt->holds_resources = false;
  }
  tell(task);
}

void FakeEngine::end(TaskId task, End how) {
  finish(task, Phase::ended, std::move(how));
}
void FakeEngine::lose(TaskId task) {
  finish(task, Phase::lost, std::nullopt);
}

void FakeEngine::set_capacity(Offer capacity) {
  const std::lock_guard lock(mutex_);
  capacity_ = std::move(capacity);
}

void FakeEngine::set_available(bool available) {
  const std::lock_guard lock(mutex_);
  available_ = available;
}

void FakeEngine::set_obeys_stop(bool obeys) {
  const std::lock_guard lock(mutex_);
  obeys_stop_ = obeys;
}

int FakeEngine::starts(TaskId task) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::ranges::count_if(
      attempts_, [&](const auto& entry) { return entry.first.first == task; }));
}

int FakeEngine::running() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::ranges::count_if(
      attempts_, [](const auto& entry) { return entry.second.report.phase == Phase::running; }));
}

std::optional<Launch> FakeEngine::launch_of(TaskId task) const {
  const std::lock_guard lock(mutex_);
  const Attempt* attempt = latest(task);
  return attempt != nullptr ? std::optional(attempt->launch) : std::nullopt;
}

bool FakeEngine::was_stopped(TaskId task) const {
  const std::lock_guard lock(mutex_);
  const Attempt* attempt = latest(task);
  return attempt != nullptr && attempt->stop_asked;
}

}  // namespace cloudbrain
