#include "engines/local/local_engine.h"

#include <charconv>

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/log.h"
#include "domain/image.h"
#include "engines/cgroup.h"
#include "engines/local/devices/device_rules.h"
#include "engines/local/seccomp_filter.h"

namespace cloudbrain {

namespace {

constexpr std::chrono::seconds kBuryPatience{3};

Machine machine_to_sell(const LocalOptions& options) {
  Machine machine = detect_machine(options.sources);
  machine.cpus = options.cpus.value_or(machine.cpus);
  machine.memory_bytes = options.memory_bytes.value_or(machine.memory_bytes);
  return machine;
}

// The same for every server on this data directory, and for no other.
std::string cgroup_name(const fs::path& tasks_root) {
  return "cloudbrain-" + sha256_hex(fs::weakly_canonical(tasks_root).native()).substr(0, 8);
}

fs::path data_directory(const LocalOptions& options) {
  return options.data_directory.empty() ? options.tasks_root : options.data_directory;
}

Handle handle_of(AttemptKey key) {
  return {key.first, key.second, fmt::format("local/{}/{}", key.first.value, key.second)};
}

// The attempts that the task's folder has, by number.
std::vector<int> attempts_in(const fs::path& task_folder) {
  std::vector<int> numbers;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(task_folder / "attempts", error)) {
    const std::string name = entry.path().filename();
    int number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (number > 0) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

LocalEngine::LocalEngine(const LocalOptions& options)
    : options_(options),
      host_files_(options.state_directory, task_user()),
      parts_(find_sandbox_parts(kernel_has_seccomp() ? host_files_.seccomp() : "",
                                data_directory(options))),
      places_(cgroup_name(options.tasks_root)),
      slots_(machine_to_sell(options)),
      runners_(options.runner, places_, options.spares,
               {.empty = [this](AttemptKey key) { room_left(key); },
                .gone = [this](AttemptKey key) { runner_gone(key); }}),
      machine_watch_(options.sources,
                     [this](Machine machine) { machine_changed(std::move(machine)); }) {}

LocalEngine::~LocalEngine() = default;

AttemptFolder LocalEngine::folder_of(AttemptKey key) const {
  return AttemptFolder(task_folder(options_.tasks_root, key.first).attempt(key.second));
}

// Cores and memory are what they were at the start; accelerators come and go.
void LocalEngine::machine_changed(Machine machine) {
  {
    const std::lock_guard lock(mutex_);
    slots_.update(std::move(machine.accelerators));
  }
  const std::lock_guard lock(callback_mutex_);
  if (machine_callback_) machine_callback_();
}

void LocalEngine::on_machine_change(std::function<void()> callback) {
  const std::lock_guard lock(callback_mutex_);
  machine_callback_ = std::move(callback);
}

Offer LocalEngine::offer() {
  const std::lock_guard lock(mutex_);
  return slots_.offer();
}

std::optional<Text> LocalEngine::why_impossible(const Launch& launch) {
  const std::lock_guard lock(mutex_);
  return slots_.why_impossible(launch);
}

// Empty: no room, or somebody else is at it.
std::optional<Share> LocalEngine::reserve(const Launch& launch, AttemptKey key) {
  const std::lock_guard lock(mutex_);
  if (held_.contains(key)) return std::nullopt;
  std::optional<Share> share = slots_.take(launch);
  if (share) held_[key] = Held{share, {}, true, false};
  return share;
}

bool LocalEngine::is_beginning(AttemptKey key) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(key);
  return held != held_.end() && held->second.beginning;
}

// From here on its folder and its runner say what is with it. True where it was forgotten
// meanwhile.
bool LocalEngine::has_begun(AttemptKey key) {
  const std::lock_guard lock(mutex_);
  Held& held = held_.at(key);
  held.beginning = false;
  return held.unwanted;
}

std::optional<Handle> LocalEngine::start(const Launch& launch, const std::string& folder) {
  const AttemptKey key{launch.task, launch.attempt};
  if (fs::path(folder) != task_folder(options_.tasks_root, launch.task).path) {
    throw Error(
        ErrorKind::internal, "folder_misplaced",
        {fmt::format("The task folder {} is not below {}.", folder, options_.tasks_root.native()),
         fmt::format("任务目录 {} 不在 {} 之下。", folder, options_.tasks_root.native())});
  }
  {
    const std::lock_guard lock(mutex_);
    if (held_.contains(key)) return handle_of(key);
  }
  const AttemptFolder attempt = folder_of(key);
  if (attempt.taken()) {  // by an earlier server
    (void)look_at(key);
    return handle_of(key);
  }
  fence_others(key);
  const std::optional<Share> share = reserve(launch, key);
  if (!share) return std::nullopt;
  try {
    begin(launch, key, attempt, *share);
  } catch (...) {
    (void)has_begun(key);
    let_go(key);
    throw;
  }
  if (has_begun(key)) forget(handle_of(key));
  return handle_of(key);
}

void LocalEngine::begin(const Launch& launch, AttemptKey key, const AttemptFolder& folder,
                        const Share& share) {
  make_directories(folder.path());
  DeviceEdits devices;
  {
    const std::lock_guard lock(mutex_);
    devices = slots_.edits(share);
  }
  RunnerProcesses::Seat seat = runners_.take_seat();
  RunnerOrders orders = orders_of(launch, seat.cgroups, devices, folder);
  orders.devices = share.devices;
  orders.device_rules = device_rules(devices);
  folder.write_orders(orders);
  runners_.start(std::move(seat), key, folder.path());
}

RunnerOrders LocalEngine::orders_of(const Launch& launch, std::vector<std::string> cgroups,
                                    const DeviceEdits& devices, const AttemptFolder& folder) {
  if (launch.root == kHostImage) {
    SandboxParts parts = parts_;
    parts.etc = host_files_.etc();
    return make_orders(launch, parts, std::move(cgroups), devices);
  }
  ContainerParts parts = find_container_parts();
  parts.etc = host_files_.etc();
  parts.seccomp = parts_.seccomp;
  return make_container(launch, parts, std::move(cgroups), devices, folder.path());
}

// One attempt of a task at a time: a start that was decided on before a later one is refused, and
// whatever an earlier one left is ended.
void LocalEngine::fence_others(AttemptKey key) {
  const std::vector<int> numbers = attempts_in(task_folder(options_.tasks_root, key.first).path);
  for (const int number : numbers) {
    if (number <= key.second) continue;
    throw Error(
        ErrorKind::conflict, "stale_attempt",
        {fmt::format("Attempt {} of task {} is older than attempt {}, which was begun already.",
                     key.second, key.first.value, number),
         fmt::format("任务 {1} 的第 {0} 次启动已过期：第 {2} 次启动已经开始。", key.second,
                     key.first.value, number)});
  }
  for (const int number : numbers) {
    if (number < key.second) forget({key.first, number, {}});
  }
}

std::vector<Report> LocalEngine::look(std::span<const Handle> handles) {
  std::vector<Report> reports;
  reports.reserve(handles.size());
  for (const Handle& handle : handles) reports.push_back(look_at({handle.task, handle.attempt}));
  return reports;
}

Report LocalEngine::look_at(AttemptKey key) {
  const AttemptFolder folder = folder_of(key);
  Report report = folder.look(key.first, key.second);
  switch (report.phase) {
    case Phase::starting:
    case Phase::running:
      adopt(key, folder);
      return report;
    case Phase::ended:
      give_back(key);
      return report;
    case Phase::lost:
      break;
  }
  // Another thread is at its start, or its process lives: it is about to take the lock, or to go.
  if (is_beginning(key) || runners_.watches(key)) {
    report.phase = Phase::starting;
    return report;
  }
  // Nobody is on the way that we know of; a runner that another server sent off finds the fence.
  std::error_code error;
  if (fs::is_directory(folder.path(), error)) {
    (void)folder.fence();
    report = folder.look(key.first, key.second);
    if (report.phase != Phase::lost) return look_at(key);
    bury(folder);
  }
  give_back(key);
  return report;
}

// Takes up an attempt that an earlier server started: its resources, and the wait for its end.
void LocalEngine::adopt(AttemptKey key, const AttemptFolder& folder) {
  if (runners_.watches(key)) return;
  const std::optional<RunnerOrders> orders = folder.orders();
  const std::optional<pid_t> pid = folder.runner_pid();
  if (!orders || !pid) return;  // a runner in its first moments: the next look adopts it
  Held held;
  held.share = Share{orders->limits.cpus, orders->limits.memory_bytes, orders->accelerator_type,
                     orders->devices, key.first};
  for (const fs::path directory : orders->cgroups) held.cgroups.insert(directory.filename());
  {
    const std::lock_guard lock(mutex_);
    if (held_.try_emplace(key, held).second) slots_.adopt(*held.share);
  }
  const bool watched = runners_.adopt(key, *pid);
  // While the lock is held the number can't have passed to another process.
  if (watched && folder.has_runner()) return;
  runners_.unwatch(key);
  runner_gone(key);
}

void LocalEngine::stop(const Handle& handle, std::chrono::seconds grace) {
  const AttemptKey key{handle.task, handle.attempt};
  const AttemptFolder folder = folder_of(key);
  std::error_code error;
  if (!fs::is_directory(folder.path(), error) || fs::exists(folder.path() / "exit")) return;
  folder.ask_to_stop(grace);
  // The file comes first: a runner that begins just now, and has no number to signal yet, finds it.
  (void)look_at(key);
  // Its process was opened before this look at the lock, so while the lock is held the number can't
  // have passed to another process.
  if (folder.has_runner()) (void)runners_.signal(key, SIGTERM);
}

void LocalEngine::forget(const Handle& handle) {
  const AttemptKey key{handle.task, handle.attempt};
  if (!is_beginning(key)) {
    const AttemptFolder folder = folder_of(key);
    const Report report = look_at(key);
    if (report.phase == Phase::starting || report.phase == Phase::running) {
      (void)folder.fence();  // where the runner has not begun yet
      if (!runners_.kill(key, kBuryPatience)) {
        log::warning("the runner of task {} does not end", key.first.value);
      }
    }
    if (report.phase != Phase::lost) bury(folder);
  }
  let_go(key);
}

// Where start() is at it, now or again, it is for start() to carry out.
void LocalEngine::let_go(AttemptKey key) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(key);
  if (held == held_.end()) return;
  if (held->second.beginning) {
    held->second.unwanted = true;
    return;
  }
  if (held->second.share) slots_.give_back(*held->second.share);
  held_.erase(held);
}

// All of a sandbox ends with its runner; the cgroup is what may be left, and shows who still ends.
void LocalEngine::bury(const AttemptFolder& folder) const {
  const std::optional<RunnerOrders> orders = folder.orders();
  if (!orders) return;
  if (!Cgroup(orders->cgroups).remove(kBuryPatience)) {
    log::warning("{}: processes are left that do not end; their cgroup stays",
                 folder.path().native());
    return;
  }
  remove_container(*orders);
}

void LocalEngine::give_back(AttemptKey key) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(key);
  if (held == held_.end() || held->second.beginning || !held->second.share) return;
  slots_.give_back(*held->second.share);
  held->second.share.reset();
}

void LocalEngine::room_left(AttemptKey key) {
  give_back(key);
  call_back(key.first);
}

void LocalEngine::runner_gone(AttemptKey key) {
  // An end is an end. A loss is for look() to find, which first sees to it that nothing runs any
  // more.
  if (folder_of(key).look(key.first, key.second).phase == Phase::ended) give_back(key);
  call_back(key.first);
}

void LocalEngine::call_back(TaskId task) {
  const std::lock_guard lock(callback_mutex_);
  if (callback_) callback_(task);
}

void LocalEngine::on_change(std::function<void(TaskId)> callback) {
  const std::lock_guard lock(callback_mutex_);
  callback_ = std::move(callback);
}

void LocalEngine::sweep() {
  // In this order: what comes into being after the first line is known by the second.
  std::set<std::string> orphans = places_.children();
  for (const std::string& name : runners_.cgroup_names()) orphans.erase(name);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, held] : held_) {
      for (const std::string& name : held.cgroups) orphans.erase(name);
    }
  }
  for (const std::string& name : orphans) {
    log::warning("cleaning up cgroup {}, which no task owns", name);
    (void)Cgroup(places_.directories(name)).remove(kBuryPatience);
  }
}

}  // namespace cloudbrain
