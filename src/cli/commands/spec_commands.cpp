// What the administrator does about specs and accelerators.
#include "api/views.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/screen/table.h"
#include "cli/screen/words.h"
#include "cli/session.h"

namespace cloudbrain::cli {

namespace {

std::int64_t need_size(const std::string& option, const std::string& text) {
  if (const std::optional<std::int64_t> bytes = parse_size(text)) return *bytes;
  throw usage_error({fmt::format("{} is \"{}\"; write it as 32GB or 512MB.", option, text),
                     fmt::format("{} 为“{}”，应写作 32GB 或 512MB。", option, text)});
}

class SpecSet final : public Command {
 public:
  SpecSet()
      : Command("spec set",
                {"Make or replace a spec (administrator)", "新建或替换资源规格（管理员）"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_, {"What a task names", "规格名称"});
    options.required("--compute", body_.compute, "COMPUTE",
                     {"cpu, gpu, npu, …", "cpu、gpu、npu 等"});
    options.number("--cpus", cpus_, "N", {"CPU cores (1)", "CPU 核数（1）"});
    options.required("--memory", memory_, "SIZE", {"32GB, 512MB", "如 32GB、512MB"});
    options.text("--shared-memory", shared_memory_, "SIZE",
                 {"Size of /dev/shm (half of the memory)", "共享内存（默认为内存的一半）"});
    options.number("--accelerators", accelerators_, "N", {"How many accelerators", "加速卡数量"});
    options.text("--type", type_, "TYPE",
                 {"Of which type; see `cloudbrain accelerator list`",
                  "加速卡型号，见 `cloudbrain accelerator list`"});
    options.flag("--no-internet", offline_, {"Without network", "任务不能访问网络"});
    options.list("--cluster", body_.clusters, "NAME",
                 {"Only on this cluster; can be repeated", "仅用于该集群，可重复给出"});
    options.list("--kind", body_.kinds, "KIND",
                 {"Only for train or inference", "仅用于 train 或 inference"});
    options.example(
        "cloudbrain spec set gpu-half --compute gpu --type V100 --accelerators 1 --cpus 4 "
        "--memory 32GB --shared-memory 16GB");
  }

  int run(Session& session) override {
    body_.cpus = static_cast<int>(cpus_.value_or(1));
    body_.memory_bytes = need_size("--memory", memory_);
    if (shared_memory_) body_.shared_memory_bytes = need_size("--shared-memory", *shared_memory_);
    body_.accelerator_type = type_.value_or("");
    body_.accelerators = static_cast<int>(accelerators_.value_or(type_ ? 1 : 0));
    body_.internet = !offline_;
    Terminal& terminal = session.terminal();
    const json::value answer = session.api().put(Path{"specs"}.add(name_), to_json(body_));
    if (terminal.json()) {
      terminal.print_json(answer);
      return kDone;
    }
    const auto spec = from_json<api::SpecView>(answer, UnknownMembers::ignore);
    terminal.print(fmt::format("{}: {}\n", spec.name, spec.text));
    if (spec.impossible) terminal.print(*spec.impossible + "\n");
    return kDone;
  }

 private:
  std::string name_, memory_;
  std::optional<std::string> shared_memory_, type_;
  std::optional<std::int64_t> cpus_, accelerators_;
  bool offline_ = false;
  api::SpecBody body_;
};

class SpecDelete final : public Command {
 public:
  SpecDelete()
      : Command("spec delete", {"Withdraw a spec (administrator)", "撤下资源规格（管理员）"}) {}

  void define(Options& options) override {
    options.argument("NAME", name_,
                     {"One that the machine offers comes back with `spec set`",
                      "本机默认的规格可用 `spec set` 恢复"});
  }

  int run(Session& session) override {
    (void)session.api().remove(Path{"specs"}.add(name_));
    return kDone;
  }

 private:
  std::string name_;
};

class AcceleratorList final : public Command {
 public:
  AcceleratorList()
      : Command("accelerator list", {"Accelerators one by one: health, and who has them",
                                     "逐一列出加速卡：健康状况与占用者"}) {}

  void define(Options& options) override {
    options.text("--cluster", cluster_, "NAME", {"Of this cluster", "所属集群"});
  }

  int run(Session& session) override {
    Terminal& t = session.terminal();
    Path path{"accelerators"};
    if (cluster_) path.query("cluster", *cluster_);
    const json::value answer = session.api().get(path);
    if (t.json()) {
      t.print_json(answer);
      return kDone;
    }
    Table table({t.say({"DEVICE", "设备"}), t.say({"COMPUTE", "计算资源"}), t.say({"TYPE", "型号"}),
                 t.say({"INDEX", "编号"}), t.say({"MEMORY", "显存"}), t.say({"HEALTH", "健康"}),
                 t.say({"TASK", "任务"})});
    for (const api::DeviceView& device :
         from_json<api::DeviceList>(answer, UnknownMembers::ignore).items) {
      const Cell health = device.healthy ? Cell{t.say({"healthy", "正常"}), Paint::green}
                                         : Cell{device.problem, Paint::red};
      table.add({{device.name},
                 {device.compute},
                 {device.type},
                 {std::to_string(device.index)},
                 {device.memory_bytes > 0 ? size_text(device.memory_bytes) : "-"},
                 health,
                 {device.task ? std::to_string(*device.task) : "-"}});
    }
    t.print(table.text(t));
    return kDone;
  }

 private:
  std::optional<std::string> cluster_;
};

}  // namespace

void add_spec_commands(CommandTable& table) {
  table.push_back(std::make_unique<SpecSet>());
  table.push_back(std::make_unique<SpecDelete>());
  table.push_back(std::make_unique<AcceleratorList>());
}

}  // namespace cloudbrain::cli
