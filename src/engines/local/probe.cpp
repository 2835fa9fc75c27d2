#include "engines/local/probe.h"

#include <condition_variable>
#include <mutex>

#include <fmt/format.h>
#include <unistd.h>

#include "base/process.h"
#include "domain/spec.h"
#include "engines/local/images/container.h"
#include "engines/local/seccomp_filter.h"

namespace cloudbrain {

namespace {

constexpr std::chrono::seconds kTrialPatience{20};

ProbeFinding probe_user() {
  const TaskUser user = task_user();
  if (user.own_user) {
    return {"task user",
            ProbeLevel::good,
            {fmt::format("tasks run as user {} and never as root", user.uid),
             fmt::format("任务以用户 {} 运行，绝不以 root 运行", user.uid)},
            {}};
  }
  return {"task user",
          ProbeLevel::good,
          {"tasks run as the server's own user, in a user namespace",
           "任务以服务自身的用户身份在用户命名空间中运行"},
          {"To give tasks a user of their own, run the server as root (the Debian package does).",
           "如需让任务使用独立用户，请以 root 运行服务（Debian 软件包即如此）。"}};
}

ProbeFinding probe_cgroups() {
  const std::set<std::string> controllers = CgroupPlaces("cloudbrain-probe").controllers();
  std::string missing;
  for (const char* needed : {"cpu", "memory", "pids"}) {
    if (!controllers.contains(needed))
      missing += (missing.empty() ? "" : ", ") + std::string(needed);
  }
  if (missing.empty()) {
    return {
        "cgroups",
        ProbeLevel::good,
        {"CPU, memory and the number of processes can be limited", "可以限制 CPU、内存和进程数"},
        {}};
  }
  return {"cgroups",
          ProbeLevel::limited,
          {fmt::format("these limits can't be set: {}. Tasks run without them.", missing),
           fmt::format("无法设置以下限制：{}，任务将不受其约束。", missing)},
          {"Run the server as root, or as a systemd service with Delegate=yes; in a container, "
           "give it a "
           "writable /sys/fs/cgroup.",
           "请以 root 运行服务，或作为带 Delegate=yes 的 systemd 服务运行；在容器中请提供可写的 "
           "/sys/fs/cgroup。"}};
}

ProbeFinding probe_seccomp() {
  if (kernel_has_seccomp()) {
    return {"seccomp",
            ProbeLevel::good,
            {"the kernel filters tasks' system calls", "内核可以过滤任务的系统调用"},
            {}};
  }
  return {"seccomp",
          ProbeLevel::limited,
          {"this kernel has no system call filters.", "内核不支持系统调用过滤。"},
          {"Use a kernel with CONFIG_SECCOMP_FILTER, as every Debian kernel is.",
           "请使用启用了 CONFIG_SECCOMP_FILTER 的内核（Debian 内核均已启用）。"}};
}

ProbeFinding probe_images() {
  std::optional<Text> why = why_no_containers();
  for (const char* program : {"skopeo", "umoci"}) {
    if (why || find_program(program)) continue;
    why = Text{fmt::format("{} is not installed.", program), fmt::format("未安装 {}。", program)};
  }
  if (!why) {
    return {"images",
            ProbeLevel::good,
            {"images of registries can be fetched and run", "可以拉取并运行镜像仓库的镜像"},
            {}};
  }
  return {"images",
          ProbeLevel::limited,
          {"only the host image: " + why->en, "仅可使用 host 镜像：" + why->zh},
          {"Run the server as root, with: apt install crun skopeo umoci",
           "请以 root 运行服务，并安装：apt install crun skopeo umoci"}};
}

ProbeFinding probe_python() {
  // Looked for where a task would look, not along our own PATH.
  for (const char* path : {"/usr/local/bin/python3", "/usr/bin/python3"}) {
    if (::access(path, X_OK) != 0) continue;
    const ProcessResult result = run_process({.argv = {path, "--version"}});
    std::string version = result.output.substr(0, result.output.find('\n'));
    if (!result.status.ok()) continue;
    return {"python",
            ProbeLevel::good,
            {fmt::format("{} ({})", version, path), fmt::format("{}（{}）", version, path)},
            {}};
  }
  return {"python",
          ProbeLevel::missing,
          {"there is no python3 in /usr/bin or /usr/local/bin.",
           "/usr/bin 与 /usr/local/bin 中没有 python3。"},
          {"Install it: apt install python3", "请安装：apt install python3"}};
}

ProbeFinding probe_size(const Machine& machine) {
  const std::string amount =
      fmt::format("{} × CPU, {}", machine.cpus, amount_text(machine.memory_bytes));
  return {"machine", ProbeLevel::good, {amount, amount}, {}};
}

ProbeFinding probe_accelerators(const Machine& machine) {
  std::string list;
  Text wrong;
  for (const Text& problem : machine.problems) {
    wrong.en += "; " + problem.en;
    wrong.zh += "；" + problem.zh;
  }
  for (const AcceleratorGroup& group : machine.accelerators) {
    list += fmt::format("{}{} × {}", list.empty() ? "" : ", ", group.devices.size(), group.type);
    for (const AcceleratorDevice& device : group.devices) {
      if (device.problem.empty()) continue;
      wrong.en += fmt::format("; {}: {}", device.name, device.problem.en);
      wrong.zh += fmt::format("；{}：{}", device.name, device.problem.zh);
    }
  }
  if (!wrong.empty()) {
    return {"accelerators",
            ProbeLevel::limited,
            {(list.empty() ? "none" : list) + wrong.en, (list.empty() ? "无" : list) + wrong.zh},
            {"Mend the file or the driver that is named; a running server sees it by itself.",
             "请修正所指的文件或驱动；运行中的服务会自动识别。"}};
  }
  if (!list.empty()) return {"accelerators", ProbeLevel::good, {list, list}, {}};
  return {
      "accelerators",
      ProbeLevel::limited,
      {"none found; tasks run on the CPU", "未发现加速卡，任务将在 CPU 上运行"},
      {"NVIDIA: install the driver so that /dev/nvidia0 exists. Ascend: /dev/davinci0. Others: "
       "a CDI file in /etc/cdi.",
       "NVIDIA：安装驱动，使 /dev/nvidia0 存在；昇腾：/dev/davinci0；其他：在 /etc/cdi 中提供 CDI "
       "文件。"}};
}

// Ends a trivial task's wait for its end as soon as the engine has news of it.
Report await_end(LocalEngine& engine, const Launch& launch, const fs::path& folder) {
  std::mutex mutex;
  std::condition_variable changed;
  int news = 0;
  engine.on_change([&](TaskId) {
    const std::lock_guard lock(mutex);
    ++news;
    changed.notify_all();
  });
  Report report;
  if (const std::optional<Handle> handle = engine.start(launch, folder)) {
    const auto deadline = std::chrono::steady_clock::now() + kTrialPatience;
    const auto over = [](Phase phase) { return phase == Phase::ended || phase == Phase::lost; };
    for (int seen = 0; !over(report.phase) && std::chrono::steady_clock::now() < deadline;) {
      report = engine.look(std::span(&*handle, 1)).front();
      if (over(report.phase)) break;
      std::unique_lock lock(mutex);
      changed.wait_until(lock, deadline, [&] { return news > seen; });
      seen = news;
    }
    engine.forget(*handle);
  }
  engine.on_change({});
  return report;
}

// What a trivial task says of the sandbox; empty where it ran.
std::string try_a_task(LocalOptions options, const fs::path& folder) {
  options.tasks_root = folder / "tasks";
  if (options.state_directory.empty()) options.state_directory = folder / "engine";
  options.data_directory = folder;
  options.spares = 0;
  make_directories(options.tasks_root);
  LocalEngine engine(options);
  Launch launch;
  launch.task = TaskId{1};
  launch.argv = {"true"};
  launch.limits.cpus = 0.1;
  const Report report =
      await_end(engine, launch, task_folder(options.tasks_root, launch.task).path);
  if (!report.end) return "the runner did not come to an end";
  if (report.end->cause == EndCause::exited && report.end->exit_code == 0) return {};
  return report.end->detail.empty() ? fmt::format("exit code {}", report.end->exit_code)
                                    : report.end->detail;
}

ProbeFinding probe_sandbox(const LocalOptions& options, const fs::path& scratch) {
  std::string problem;
  Text mend{
      "Install bubblewrap (apt install bubblewrap). Where the server is not root, user namespaces "
      "must "
      "be allowed: sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone; in a "
      "container, "
      "its engine must allow them.",
      "请安装 bubblewrap（apt install bubblewrap）。服务非 root 时需允许用户命名空间：sysctl "
      "user.max_user_namespaces、kernel.unprivileged_userns_"
      "clone；在容器中运行时须由容器引擎放行。"};
  try {
    const TemporaryDirectory folder(scratch);
    problem = try_a_task(options, folder.path());
  } catch (const Error& error) {
    problem = error.message().en;
    if (!error.next().empty()) mend = error.next();
  }
  if (problem.empty()) {
    return {"sandbox",
            ProbeLevel::good,
            {"a task ran in its sandbox", "已在沙箱中成功运行一个任务"},
            {}};
  }
  return {"sandbox",
          ProbeLevel::missing,
          {"no task can run: " + problem, "任务无法运行：" + problem},
          std::move(mend)};
}

}  // namespace

std::vector<ProbeFinding> probe_machine(const LocalOptions& options, const fs::path& scratch) {
  const Machine machine = detect_machine(options.sources);
  return {probe_size(machine), probe_accelerators(machine),
          probe_python(),      probe_images(),
          probe_cgroups(),     probe_seccomp(),
          probe_user(),        probe_sandbox(options, scratch)};
}

}  // namespace cloudbrain
