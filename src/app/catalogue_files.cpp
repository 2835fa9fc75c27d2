#include "app/catalogue_files.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "base/error.h"
#include "domain/layouts.h"

namespace cloudbrain::app {

namespace {

constexpr std::int64_t kLeastMemory = std::int64_t{64} << 20U;

[[noreturn]] void refuse(const fs::path& file, const toml::source_region& where,
                         const std::string& en, const std::string& zh) {
  const auto line = where.begin.line;
  throw Error(ErrorKind::invalid, "configuration",
              {fmt::format("{}, line {}: {}", file.native(), line, en),
               fmt::format("{} 第 {} 行：{}", file.native(), line, zh)},
              {"Mend the file, or remove it to have the defaults.",
               "请修正该文件，或删除它以使用默认值。"});
}

// One table of a file: every key is asked for once, and what is left over is a mistake.
class Entry {
 public:
  Entry(const fs::path& file, const toml::table& table) : file_(file), table_(table) {}

  std::string text(std::string_view key) { return given<std::string>(key, "text"); }
  std::string text(std::string_view key, std::string otherwise) {
    return has(key) ? text(key) : std::move(otherwise);
  }
  bool flag(std::string_view key, bool otherwise) {
    return has(key) ? given<bool>(key, "true or false") : otherwise;
  }
  int number(std::string_view key, int least, std::optional<int> otherwise = {}) {
    if (!has(key) && otherwise) return *otherwise;
    const auto value = given<std::int64_t>(key, "a whole number");
    if (value < least || value > 1'000'000) {
      fail(key, fmt::format("{} is {}; it is between {} and 1000000.", key, value, least),
           fmt::format("{} 为 {}，应在 {} 到 1000000 之间。", key, value, least));
    }
    return static_cast<int>(value);
  }
  // "32GB", "512MB".
  std::int64_t memory(std::string_view key, std::optional<std::int64_t> otherwise = {}) {
    if (!has(key) && otherwise) return *otherwise;
    const std::string value = text(key);
    std::int64_t amount = 0;
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), amount);
    const std::string_view unit(end, static_cast<std::size_t>(value.data() + value.size() - end));
    const unsigned shift = unit == "GB" ? 30U : 20U;
    if (problem != std::errc{} || (unit != "GB" && unit != "MB") || amount < 0 ||
        amount > (INT64_MAX >> shift)) {
      fail(key, fmt::format("{} is \"{}\"; write it as \"32GB\" or \"512MB\".", key, value),
           fmt::format("{} 为“{}”，应写作“32GB”或“512MB”。", key, value));
    }
    return amount << shift;
  }
  std::vector<std::string> list(std::string_view key) {
    std::vector<std::string> words;
    if (!has(key)) return words;
    const toml::array* array = table_.get(key)->as_array();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      const auto word = array->get(i)->value_exact<std::string>();
      if (!word) break;
      words.push_back(*word);
    }
    if (array == nullptr || words.size() != array->size()) wrong_type(key, "a list of texts");
    return words;
  }

  // `value`, which `key` has, must be one of these.
  void need_one_of(std::string_view key, const std::string& value,
                   const std::vector<std::string>& known) const {
    if (std::find(known.begin(), known.end(), value) != known.end()) return;
    fail(key,
         fmt::format("there is no {} \"{}\"; there are: {}.", key, value, fmt::join(known, ", ")),
         fmt::format("{} 没有“{}”，可选：{}。", key, value, fmt::join(known, "、")));
  }
  void need_unique(std::set<std::string>& names, const std::string& name) const {
    const bool plain = !name.empty() && name.size() <= 60 &&
                       std::all_of(name.begin(), name.end(), [](unsigned char c) {
                         return c > ' ' && c != '/' && c != '"' && c != 0x7f;
                       });
    if (!plain) {
      fail("name",
           fmt::format("\"{}\" is no name: 1 to 60 characters without spaces, / or \".", name),
           fmt::format("“{}”不是合法名称：1 到 60 个字符，不含空格、/ 和引号。", name));
    }
    if (!names.insert(name).second) {
      fail("name", fmt::format("there are two named \"{}\".", name),
           fmt::format("名称“{}”重复。", name));
    }
  }
  void end() const {
    for (const auto& [key, node] : table_) {
      if (asked_.contains(std::string(key.str()))) continue;
      refuse(file_, node.source(),
             fmt::format("\"{}\" is not known here; there are: {}.", key.str(),
                         fmt::join(asked_, ", ")),
             fmt::format("此处没有“{}”，可用：{}。", key.str(), fmt::join(asked_, "、")));
    }
  }
  [[noreturn]] void fail(std::string_view key, const std::string& en, const std::string& zh) const {
    const toml::node* node = table_.get(key);
    refuse(file_, node != nullptr ? node->source() : table_.source(), en, zh);
  }

 private:
  bool has(std::string_view key) {
    asked_.emplace(key);
    return table_.contains(key);
  }
  template <typename T>
  T given(std::string_view key, std::string_view type) {
    if (!has(key)) {
      fail(key, fmt::format("\"{}\" is missing.", key), fmt::format("缺少“{}”。", key));
    }
    const auto value = table_.get(key)->value_exact<T>();
    if (!value) wrong_type(key, type);
    return *value;
  }
  [[noreturn]] void wrong_type(std::string_view key, std::string_view type) const {
    fail(key, fmt::format("{} must be {}.", key, type),
         fmt::format("{} 的类型不对（{}）。", key, type));
  }

  const fs::path& file_;
  const toml::table& table_;
  std::set<std::string> asked_;
};

// Calls `read` with each [[name]] of the file. False where there is no file.
template <typename Read>
bool read_entries(const fs::path& file, std::string_view name, Read read) {
  const std::optional<std::string> text = try_read_file(file);
  if (!text) return false;
  toml::table document;
  try {
    document = toml::parse(*text, file.native());
  } catch (const toml::parse_error& error) {
    refuse(file, error.source(), std::string(error.description()),
           fmt::format("格式错误：{}", error.description()));
  }
  for (const auto& [key, node] : document) {
    const toml::array* entries = node.as_array();
    if (key.str() != name || entries == nullptr || !entries->is_array_of_tables()) {
      refuse(file, node.source(), fmt::format("only [[{}]] may stand here.", name),
             fmt::format("此处只能是 [[{}]]。", name));
    }
    for (const toml::node& entry : *entries) read(Entry(file, *entry.as_table()));
  }
  return true;
}

Cluster cluster_of(Entry& entry) {
  std::vector<std::string> layouts;
  for (const Layout& layout : all_layouts()) layouts.emplace_back(layout.cluster_layout);
  layouts.erase(std::unique(layouts.begin(), layouts.end()), layouts.end());
  Cluster cluster;
  cluster.name = entry.text("name");
  cluster.title_zh = entry.text("title_zh", cluster.name);
  cluster.title_en = entry.text("title_en", cluster.name);
  cluster.engine = entry.text("engine", "local");
  entry.need_one_of("engine", cluster.engine, {"local"});
  cluster.layout = entry.text("layout");
  entry.need_one_of("layout", cluster.layout, layouts);
  cluster.computes = entry.list("computes");
  if (cluster.computes.empty()) cluster.computes = {"cpu", "gpu", "npu"};
  cluster.simulate = entry.flag("simulate", false);
  cluster.external_images = entry.flag("external_images", true);
  cluster.specs = entry.list("specs");
  cluster.images = entry.list("images");
  cluster.max_runtime_s = std::int64_t{3600} * entry.number("max_runtime_hours", 1, 0);
  return cluster;
}

Spec spec_of(Entry& entry, const std::vector<std::string>& clusters) {
  Spec spec;
  spec.name = entry.text("name");
  spec.compute = entry.text("compute");
  spec.accelerator_type = entry.text("accelerator_type", "");
  spec.accelerators = entry.number("accelerators", 0, spec.accelerator_type.empty() ? 0 : 1);
  if ((spec.accelerators > 0) == spec.accelerator_type.empty()) {
    entry.fail("accelerators", "accelerators and accelerator_type belong together.",
               "accelerators 与 accelerator_type 必须同时给出。");
  }
  spec.cpus = entry.number("cpus", 1);
  spec.memory_bytes = entry.memory("memory");
  if (spec.memory_bytes < kLeastMemory) {
    entry.fail("memory", "memory is less than 64MB.", "memory 小于 64MB。");
  }
  spec.shared_memory_bytes = entry.memory("shared_memory", spec.memory_bytes / 2);
  spec.internet = entry.flag("internet", true);
  spec.clusters = entry.list("clusters");
  for (const std::string& name : spec.clusters) entry.need_one_of("clusters", name, clusters);
  spec.kinds = entry.list("kinds");
  for (const std::string& kind : spec.kinds)
    entry.need_one_of("kinds", kind, {"train", "inference"});
  return spec;
}

void need_some(const fs::path& file, std::string_view name, bool some) {
  if (some) return;
  refuse(file, {}, fmt::format("there is no [[{}]].", name), fmt::format("没有 [[{}]]。", name));
}

}  // namespace

std::optional<std::vector<Cluster>> read_clusters(const fs::path& file) {
  std::vector<Cluster> clusters;
  std::set<std::string> names;
  const bool found = read_entries(file, "cluster", [&](Entry entry) {
    clusters.push_back(cluster_of(entry));
    entry.need_unique(names, clusters.back().name);
    entry.end();
  });
  if (!found) return std::nullopt;
  need_some(file, "cluster", !clusters.empty());
  return clusters;
}

std::optional<std::vector<Spec>> read_specs(const fs::path& file,
                                            const std::vector<Cluster>& clusters) {
  std::vector<std::string> known;
  known.reserve(clusters.size());
  for (const Cluster& cluster : clusters) known.push_back(cluster.name);
  std::vector<Spec> specs;
  std::set<std::string> names;
  const bool found = read_entries(file, "spec", [&](Entry entry) {
    specs.push_back(spec_of(entry, known));
    entry.need_unique(names, specs.back().name);
    entry.end();
  });
  if (!found) return std::nullopt;
  need_some(file, "spec", !specs.empty());
  return specs;
}

}  // namespace cloudbrain::app
