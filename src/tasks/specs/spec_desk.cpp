#include "tasks/specs/spec_desk.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "domain/task.h"

namespace cloudbrain {

namespace {

constexpr std::int64_t kLeastMemory = std::int64_t{64} << 20U;
constexpr int kMost = 1'000'000;  // of anything that is counted
constexpr std::size_t kLongestName = 60;

bool is_name(const std::string& name) {
  return !name.empty() && count_characters(name) <= kLongestName &&
         std::ranges::all_of(
             name, [](unsigned char c) { return c > ' ' && c != '/' && c != '"' && c != 0x7f; });
}

class Problems {
 public:
  void add(std::string field, std::string code, std::string en, std::string zh) {
    all_.push_back({std::move(field), std::move(code), {std::move(en), std::move(zh)}});
  }
  void need_between(const char* field, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return;
    add(field, "out_of_range",
        fmt::format("{} is {}; it is between {} and {}.", field, value, least, most),
        fmt::format("{} 为 {}，应在 {} 到 {} 之间。", field, value, least, most));
  }
  void throw_if_any() {
    if (!all_.empty()) throw Error::fields(std::move(all_));
  }

 private:
  std::vector<FieldProblem> all_;
};

}  // namespace

SpecDesk::SpecDesk(store::Database& database, Catalogue& catalogue,
                   std::optional<std::vector<Spec>> file, const Clock& clock)
    : rows_(database), catalogue_(catalogue), file_(std::move(file)), clock_(clock) {
  refresh();
}

void SpecDesk::refresh() {
  const std::lock_guard lock(mutex_);
  refresh_locked();
}

std::vector<Spec> SpecDesk::machine_specs() const {
  std::vector<Spec> specs;
  for (const auto& [name, engine] : catalogue_.engines()) {
    for (Spec& spec : default_specs(engine->offer())) {
      if (std::ranges::find(specs, spec.name, &Spec::name) == specs.end())
        specs.push_back(std::move(spec));
    }
  }
  return specs;
}

void SpecDesk::refresh_locked() {
  std::vector<OfferedSpec> all;
  for (const Spec& spec : file_ ? *file_ : machine_specs()) {
    all.push_back({spec, file_ ? SpecSource::file : SpecSource::machine});
  }
  for (const store::StoredSpec& row : rows_.list()) {
    const auto same = std::ranges::find_if(
        all, [&](const OfferedSpec& offered) { return offered.spec.name == row.name; });
    // The file was written by whoever could have changed the row as well, and later.
    if (same != all.end() && same->source == SpecSource::file) continue;
    if (!row.value) {
      if (same != all.end()) all.erase(same);
    } else if (same != all.end()) {
      *same = {*row.value, SpecSource::administrator};
    } else {
      all.push_back({*row.value, SpecSource::administrator});
    }
  }
  std::vector<Spec> specs;
  specs.reserve(all.size());
  for (const OfferedSpec& offered : all) specs.push_back(offered.spec);
  all_ = std::move(all);
  catalogue_.offer_specs(specs);
}

std::vector<OfferedSpec> SpecDesk::all() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

void SpecDesk::check(const Spec& spec) const {
  Problems problems;
  if (!is_name(spec.name)) {
    problems.add("name", "name_invalid",
                 fmt::format("\"{}\" is no name: 1 to {} characters without spaces, / or \".",
                             first_characters(spec.name, 80), kLongestName),
                 fmt::format("“{}”不是合法名称：1 到 {} 个字符，不含空格、/ 和引号。",
                             first_characters(spec.name, 80), kLongestName));
  }
  if (!is_name(spec.compute)) {
    problems.add("compute", "compute_invalid",
                 "compute is empty; it is a word such as cpu, gpu or npu.",
                 "compute 为空，应为 cpu、gpu、npu 之类的名称。");
  }
  problems.need_between("cpus", spec.cpus, 1, kMost);
  problems.need_between("accelerators", spec.accelerators, 0, kMost);
  problems.need_between("memory_bytes", spec.memory_bytes, kLeastMemory, INT64_MAX);
  problems.need_between("shared_memory_bytes", spec.shared_memory_bytes, 0,
                        std::max(kLeastMemory, spec.memory_bytes));
  if ((spec.accelerators > 0) == spec.accelerator_type.empty()) {
    problems.add("accelerator_type", "accelerators_unclear",
                 "accelerators and accelerator_type belong together.",
                 "accelerators 与 accelerator_type 必须同时给出。");
  }
  for (std::size_t i = 0; i < spec.clusters.size(); ++i) {
    if (catalogue_.find_cluster(spec.clusters[i]) != nullptr) continue;
    problems.add(fmt::format("clusters[{}]", i), "cluster_missing",
                 fmt::format("There is no cluster \"{}\".", spec.clusters[i]),
                 fmt::format("没有算力集群“{}”。", spec.clusters[i]));
  }
  for (std::size_t i = 0; i < spec.kinds.size(); ++i) {
    if (enum_from_name<TaskKind>(spec.kinds[i])) continue;
    problems.add(
        fmt::format("kinds[{}]", i), "kind_missing",
        fmt::format("There is no kind \"{}\"; there are: train, inference.", spec.kinds[i]),
        fmt::format("没有任务类型“{}”，可选：train、inference。", spec.kinds[i]));
  }
  problems.throw_if_any();
}

void SpecDesk::need_not_in_file(const std::string& name) const {
  if (!file_ || std::ranges::find(*file_, name, &Spec::name) == file_->end()) return;
  throw Error(ErrorKind::conflict, "spec_in_file",
              {fmt::format("The spec {} is written in specs.toml.", name),
               fmt::format("资源规格 {} 写在 specs.toml 中。", name)},
              {"Change it there and restart the server, or choose another name.",
               "请修改该文件并重启服务，或换一个名称。"});
}

OfferedSpec SpecDesk::put(const Spec& spec) {
  check(spec);
  need_not_in_file(spec.name);
  const std::lock_guard lock(mutex_);
  rows_.put({spec.name, spec, clock_.now()});
  refresh_locked();
  return {spec, SpecSource::administrator};
}

void SpecDesk::remove(const std::string& name) {
  need_not_in_file(name);
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(
      all_, [&](const OfferedSpec& offered) { return offered.spec.name == name; });
  if (found == all_.end()) {
    throw Error(ErrorKind::missing, "spec_missing",
                {fmt::format("There is no spec \"{}\".", first_characters(name, 80)),
                 fmt::format("没有资源规格“{}”。", first_characters(name, 80))});
  }
  if (const std::vector<std::string> users = rows_.users(name); !users.empty()) {
    throw Error(
        ErrorKind::conflict, "spec_in_use",
        {fmt::format("Tasks that have not ended use the spec {}: {}.", name,
                     fmt::join(users, ", ")),
         fmt::format("以下尚未结束的任务正在使用规格 {}：{}。", name, fmt::join(users, "、"))},
        {"Wait until they have ended, or stop them.", "请等待它们结束，或先停止它们。"});
  }
  if (found->source == SpecSource::administrator) {
    rows_.remove(name);
  } else {
    rows_.put({name, std::nullopt, clock_.now()});
  }
  refresh_locked();
}

}  // namespace cloudbrain
