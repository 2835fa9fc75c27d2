#include "app/doctor.h"

#include <condition_variable>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>

#include "app/configuration.h"
#include "base/process.h"
#include "engines/local/cgroup_places.h"
#include "engines/local/local_engine.h"
#include "engines/local/machine.h"
#include "engines/local/task_user.h"

namespace cloudbrain::app {

namespace {

using cli::Finding;
using cli::Verdict;

constexpr std::int64_t kGiB = std::int64_t{1} << 30U;
constexpr std::chrono::seconds kTrialPatience{20};

std::string packages_hint(std::string_view package) {
  return fmt::format("apt-get install --no-install-recommends {}", package);
}

// `path` is where the sandbox looks; a program elsewhere on PATH does not help a task.
Finding sandbox_python() {
  const std::string path = "/usr/bin/python3";
  if (fs::exists(path)) return {"python3", Verdict::ok, {path, path}, {}};
  return {"python3",
          Verdict::fail,
          {"the image \"host\" has no Python", "host 镜像没有 Python"},
          {packages_hint("python3"), packages_hint("python3")}};
}

Finding program(const std::string& name, const std::string& package, Text without) {
  const auto path = find_program(name);
  if (path) return {name, Verdict::ok, {path->native(), path->native()}, {}};
  return {
      name, Verdict::fail, std::move(without), {packages_hint(package), packages_hint(package)}};
}

Finding machine_finding(const Machine& machine) {
  const std::string amount = fmt::format("{} x CPU, {:.1f} GB", machine.cpus,
                                         static_cast<double>(machine.memory_bytes) / kGiB);
  return {"machine", Verdict::ok, {amount, amount}, {}};
}

Finding accelerator_finding(const Machine& machine) {
  std::string list;
  Text wrong;
  for (const Text& problem : machine.problems) {
    wrong.en += "; " + problem.en;
    wrong.zh += "；" + problem.zh;
  }
  for (const AcceleratorGroup& group : machine.accelerators) {
    list += fmt::format("{}{} x {}", list.empty() ? "" : ", ", group.devices.size(), group.type);
    for (const AcceleratorDevice& device : group.devices) {
      if (device.problem.empty()) continue;
      wrong.en += fmt::format("; {}: {}", device.name, device.problem.en);
      wrong.zh += fmt::format("；{}：{}", device.name, device.problem.zh);
    }
  }
  if (!wrong.empty()) {
    const std::string found = list.empty() ? "none" : list;
    return {"accelerators",
            Verdict::warn,
            {found + wrong.en, found + wrong.zh},
            {"Mend the file or the driver that is named; a running server sees it by itself.",
             "请修正所指的文件或驱动；运行中的服务会自动识别。"}};
  }
  if (!list.empty()) return {"accelerators", Verdict::ok, {list, list}, {}};
  return {
      "accelerators",
      Verdict::warn,
      {"none found; tasks run on the CPU", "未发现加速卡，任务将在 CPU 上运行"},
      {"NVIDIA: install the driver so that /dev/nvidia0 exists. Ascend: /dev/davinci0. Others: "
       "a CDI file in /etc/cdi.",
       "NVIDIA：安装驱动，使 /dev/nvidia0 存在；昇腾：/dev/davinci0；其他：在 /etc/cdi 中提供 CDI "
       "文件。"}};
}

Finding cgroup_finding() {
  const CgroupPlaces places("doctor");
  std::string able;
  for (const std::string& controller : places.controllers())
    able += (able.empty() ? "" : ", ") + controller;
  const bool limits =
      places.controllers().contains("memory") && places.controllers().contains("pids");
  if (limits) return {"cgroups", Verdict::ok, {"can limit: " + able, "可限制：" + able}, {}};
  return {"cgroups",
          Verdict::warn,
          {able.empty() ? "nothing can be limited" : "can limit only: " + able,
           able.empty() ? "无法限制任何资源" : "只能限制：" + able},
          {"Run the server as root, or as a systemd service with Delegate=yes.",
           "请以 root 运行服务，或作为带有 Delegate=yes 的 systemd 服务运行。"}};
}

Finding user_finding() {
  const TaskUser user = task_user();
  if (user.own_user) {
    return {"task user",
            Verdict::ok,
            {fmt::format("tasks run as user {}, never as root", user.uid),
             fmt::format("任务以用户 {} 运行，绝不使用 root", user.uid)},
            {}};
  }
  return {"task user",
          Verdict::ok,
          {"tasks run as the server's own user, in a user namespace",
           "任务在用户命名空间中以服务自身的用户运行"},
          {}};
}

Finding disk_finding(fs::path data) {
  while (!data.empty() && !fs::exists(data)) data = data.parent_path();
  const double free = static_cast<double>(free_bytes(data)) / kGiB;
  const std::string where = fmt::format("{:.1f} GB free at {}", free, data.native());
  const std::string where_zh = fmt::format("{} 剩余 {:.1f} GB", data.native(), free);
  if (free >= 5) return {"disk", Verdict::ok, {where, where_zh}, {}};
  return {"disk",
          free >= 1 ? Verdict::warn : Verdict::fail,
          {where, where_zh},
          {"Free some space, or name another directory by --data.",
           "请清理磁盘，或用 --data 指定其他目录。"}};
}

Finding torch_finding() {
  const ProcessResult result =
      run_process({.argv = {"/usr/bin/python3", "-c", "import torch; print(torch.__version__)"}});
  if (result.status.ok()) {
    const std::string version = "PyTorch " + result.output.substr(0, result.output.find('\n'));
    return {"host image", Verdict::ok, {version, version}, {}};
  }
  const std::string hint = packages_hint("python3-torch python3-torchvision");
  return {"host image",
          Verdict::warn,
          {"/usr/bin/python3 has no PyTorch; tasks of the image \"host\" can't import it",
           "/usr/bin/python3 没有 PyTorch，使用 host 镜像的任务无法导入它"},
          {hint, hint}};
}

// One real task, from start to exit file.
Report trial(LocalEngine& engine, const fs::path& tasks) {
  std::mutex mutex;
  std::condition_variable changed;
  bool news = false;
  engine.on_change([&](TaskId) {
    const std::lock_guard lock(mutex);
    news = true;
    changed.notify_all();
  });
  Launch launch;
  launch.task = TaskId{1};
  launch.argv = {"python3", "-c", "import os; assert os.getuid() != 0"};
  launch.working_directory = "/";
  launch.limits.memory_bytes = kGiB / 4;
  const fs::path folder = tasks / "1";
  make_directories(folder);
  const std::optional<Handle> handle = engine.start(launch, folder);
  Report report;
  if (handle) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, kTrialPatience, [&] { return news; });
    lock.unlock();
    report = engine.look(std::span(&*handle, 1)).front();
    engine.forget(*handle);
  }
  engine.on_change({});
  return report;
}

Finding trial_finding() {
  const Text mend{"See the lines above; then read the server's log.",
                  "请先处理上面各项，再查看服务日志。"};
  try {
    const TemporaryDirectory directory;
    LocalOptions options;
    options.tasks_root = directory.path() / "tasks";
    options.state_directory = directory.path() / "engine";
    options.data_directory = directory.path();
    options.runner = find_runner({});
    options.spares = 0;
    make_directories(options.tasks_root);
    LocalEngine engine(options);
    const Report report = trial(engine, options.tasks_root);
    const bool good =
        report.end && report.end->cause == EndCause::exited && report.end->exit_code == 0;
    if (good)
      return {"trial task",
              Verdict::ok,
              {"ran in the sandbox, not as root", "已在沙箱中以非 root 身份运行"},
              {}};
    const std::string log =
        try_read_file(task_folder(options.tasks_root, TaskId{1}).log(1)).value_or("");
    const std::string detail =
        report.end && !report.end->detail.empty() ? report.end->detail : log.substr(0, 400);
    return {"trial task", Verdict::fail, {"did not run: " + detail, "未能运行：" + detail}, mend};
  } catch (const Error& error) {
    return {"trial task", Verdict::fail, error.message(),
            error.next().empty() ? mend : error.next()};
  }
}

}  // namespace

std::vector<Finding> examine(const fs::path& data, const std::vector<fs::path>& cdi) {
  MachineSources sources;
  if (!cdi.empty()) sources.cdi = cdi;
  const Machine machine = detect_machine(sources);
  return {
      machine_finding(machine),
      accelerator_finding(machine),
      program("git", "git", {"projects can't be hosted without git", "没有 git 就无法托管项目"}),
      program("bwrap", "bubblewrap",
              {"there is no sandbox without bubblewrap", "没有 bubblewrap 就没有沙箱"}),
      sandbox_python(),
      torch_finding(),
      cgroup_finding(),
      user_finding(),
      disk_finding(fs::absolute(data)),
      trial_finding()};
}

}  // namespace cloudbrain::app
