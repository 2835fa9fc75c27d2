#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

// A list without pages, as JSON or as rows.
template <typename List>
int print_list(Session& session, const Path& path,
               void (*rows)(const Terminal&, const List&, Table&),
               std::vector<std::string> titles) {
  Terminal& terminal = session.terminal();
  const json::value answer = session.api().get(path);
  if (terminal.json()) {
    terminal.print_json(answer);
    return kDone;
  }
  Table table(std::move(titles));
  rows(terminal, from_json<List>(answer, UnknownMembers::ignore), table);
  terminal.print(table.text(terminal));
  return kDone;
}

// "V100 1/4, Ascend-910 8/8"
std::string accelerators_of(const api::ClusterView& cluster) {
  std::vector<std::string> kinds;
  for (const api::AcceleratorView& kind : cluster.accelerators) {
    kinds.push_back(fmt::format("{} {}/{}", kind.type, kind.free, kind.total));
  }
  return kinds.empty() ? "-" : joined(kinds);
}

void cluster_rows(const Terminal& /*terminal*/, const api::ClusterList& list, Table& table) {
  for (const api::ClusterView& cluster : list.items) {
    table.add(
        {{cluster.name},
         {cluster.title},
         {cluster.engine},
         {joined(cluster.computes)},
         {fmt::format("{}/{}", cluster.cpus_free, cluster.cpus_total)},
         {fmt::format("{}/{}", size_text(cluster.memory_free), size_text(cluster.memory_total))},
         {accelerators_of(cluster)},
         {std::to_string(cluster.running)},
         {std::to_string(cluster.waiting)}});
  }
}

void spec_rows(const Terminal& terminal, const api::SpecList& list, Table& table) {
  for (const api::SpecView& spec : list.items) {
    Cell now{fmt::format("{} × {}", spec.free, terminal.say({"free", "空闲"})), Paint::green};
    if (spec.impossible) {
      now = {*spec.impossible, Paint::red};
    } else if (!spec.free_now) {
      now = {terminal.say({"busy", "繁忙"}), Paint::yellow};
    }
    table.add({{spec.name}, {spec.compute}, {spec.text}, std::move(now)});
  }
}

class ClusterCommand final : public Command {
 public:
  ClusterCommand()
      : Command("cluster list", {"Where tasks can run, and what is free", "算力集群及空闲资源"}) {}
  void define(Options& /*options*/) override {}
  int run(Session& session) override {
    const Terminal& t = session.terminal();
    return print_list<api::ClusterList>(
        session, Path{"clusters"}, cluster_rows,
        {t.say({"CLUSTER", "集群"}), t.say({"TITLE", "名称"}), t.say({"ENGINE", "引擎"}),
         t.say({"COMPUTE", "计算资源"}), t.say({"CPUS FREE", "空闲 CPU"}),
         t.say({"MEMORY FREE", "空闲内存"}), t.say({"ACCELERATORS FREE", "空闲加速卡"}),
         t.say({"RUNNING", "运行中"}), t.say({"WAITING", "排队"})});
  }
};

class SpecCommand final : public Command {
 public:
  SpecCommand()
      : Command("spec list", {"Amounts of resources a task can ask for", "可选的资源规格"}) {}
  void define(Options& options) override {
    options.text("--cluster", cluster_, "NAME",
                 {"Only those of this cluster", "只显示该集群的规格"});
  }
  int run(Session& session) override {
    const Terminal& t = session.terminal();
    Path path{"specs"};
    if (cluster_) path.query("cluster", *cluster_);
    return print_list<api::SpecList>(session, path, spec_rows,
                                     {t.say({"SPEC", "规格"}), t.say({"COMPUTE", "计算资源"}),
                                      t.say({"WHAT IT IS", "内容"}), t.say({"NOW", "当前"})});
  }

 private:
  std::optional<std::string> cluster_;
};

}  // namespace

void add_catalogue_commands(CommandTable& table) {
  table.push_back(std::make_unique<ClusterCommand>());
  table.push_back(std::make_unique<SpecCommand>());
}

}  // namespace cloudbrain::cli
