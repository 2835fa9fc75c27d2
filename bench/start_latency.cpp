// How long it takes from Engine::start to the first byte of a script's output in its log, beside
// the same program started bare and under bwrap with one mount: medians, one after another in one
// run.
//
//   build/release/bench_start_latency [rounds] [pause ms]
#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/process.h"
#include "engines/local/local_engine.h"

namespace {

using namespace cloudbrain;
using SteadyClock = std::chrono::steady_clock;

const std::vector<std::string> kScript{"/usr/bin/python3", "-c", "print('x', flush=True)"};

double milliseconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - begin).count();
}

double bare(std::vector<std::string> argv) {
  const auto begin = SteadyClock::now();
  ChildProcess child =
      ChildProcess::start({.argv = std::move(argv), .clean_environment = true}, {.output = true});
  char byte = 0;
  (void)!::read(child.output().get(), &byte, 1);
  const double took = milliseconds_since(begin);
  child.wait();
  return took;
}

double through_engine(LocalEngine& engine, const LocalOptions& options, std::int64_t task) {
  Launch launch;
  launch.task = TaskId{task};
  launch.argv = kScript;
  launch.environment["PYTHONUNBUFFERED"] = "1";
  launch.limits.memory_bytes = 512 << 20;
  const TaskFolder folder = task_folder(options.tasks_root, launch.task);
  for (const char* name : {"code", "output", "scratch"}) {
    make_directories(folder.path / name);
    launch.mounts.push_back({folder.path / name, std::string("/") + name, false});
  }
  make_directories(folder.attempt(1));
  const Fd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  ::inotify_add_watch(events.get(), folder.attempt(1).c_str(), IN_MODIFY);
  const auto begin = SteadyClock::now();
  const std::optional<Handle> handle = engine.start(launch, folder.path);
  while (!try_read_file(folder.log(1)).value_or("").ends_with("x\n")) {
    pollfd wait{events.get(), POLLIN, 0};
    ::poll(&wait, 1, 1000);
    std::array<char, 4096> ignored{};
    (void)!::read(events.get(), ignored.data(), ignored.size());
  }
  const double took = milliseconds_since(begin);
  while (engine.look(std::span(&*handle, 1)).front().phase != Phase::ended) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  engine.forget(*handle);
  return took;
}

// No-op tasks through one engine, as many at a time as there are cores.
void throughput(LocalEngine& engine, const LocalOptions& options, int tasks, std::int64_t first) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<TaskId> news;
  engine.on_change([&](TaskId task) {
    const std::lock_guard lock(mutex);
    news.push_back(task);
    changed.notify_one();
  });
  const auto cpu_ms = [] {
    rusage own{}, children{};
    ::getrusage(RUSAGE_SELF, &own);
    ::getrusage(RUSAGE_CHILDREN, &children);
    const auto of = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
    };
    return of(own.ru_utime) + of(own.ru_stime) + of(children.ru_utime) + of(children.ru_stime);
  };
  const double cpu_before = cpu_ms();
  const auto begin = SteadyClock::now();
  int begun = 0;
  int ended = 0;
  while (ended < tasks) {
    while (begun < tasks && begun - ended < 2) {
      Launch launch;
      launch.task = TaskId{first + begun++};
      launch.argv = {"/usr/bin/python3", "-c", "pass"};
      launch.limits.memory_bytes = 512 << 20;
      if (!engine.start(launch, task_folder(options.tasks_root, launch.task).path)) std::abort();
    }
    std::vector<TaskId> now;
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return !news.empty(); });
      now = std::exchange(news, {});
    }
    for (const TaskId task : now) {
      const Handle handle{task, 1, ""};
      if (engine.look(std::span(&handle, 1)).front().phase != Phase::ended) continue;
      engine.forget(handle);
      ++ended;
    }
  }
  const double took = milliseconds_since(begin);
  engine.on_change({});
  std::printf("%d no-op tasks, two at a time: %.0f tasks/s, %.1f ms of CPU each\n", tasks,
              tasks * 1e3 / took, (cpu_ms() - cpu_before) / tasks);
}

void print(const char* what, std::vector<double>& times) {
  std::sort(times.begin(), times.end());
  std::printf("%-28s median %6.1f ms   best %6.1f   90%% %6.1f\n", what, times[times.size() / 2],
              times.front(), times[times.size() * 9 / 10]);
}

}  // namespace

int main(int count, char** values) {
  const int rounds = count > 1 ? std::atoi(values[1]) : 30;
  const std::chrono::milliseconds pause{count > 2 ? std::atoi(values[2]) : 100};
  const TemporaryDirectory directory;
  LocalOptions options;
  options.tasks_root = directory.path() / "tasks";
  options.state_directory = directory.path() / "engine";
  options.runner = fs::path(values[0]).parent_path() / "cloudbrain-runner";
  options.cpus = 64;
  make_directories(options.tasks_root);
  std::vector<std::string> in_bwrap{"bwrap", "--ro-bind", "/", "/", "--unshare-pid"};
  in_bwrap.insert(in_bwrap.end(), kScript.begin(), kScript.end());
  LocalEngine spare(options);
  options.state_directory += "2";
  options.spares = 0;
  LocalEngine plain(options);
  std::vector<double> bare_times, bwrap_times, spare_times, plain_times;
  for (int round = 0; round < rounds; ++round) {
    std::this_thread::sleep_for(pause);
    bare_times.push_back(bare(kScript));
    std::this_thread::sleep_for(pause);
    bwrap_times.push_back(bare(in_bwrap));
    std::this_thread::sleep_for(pause);
    spare_times.push_back(through_engine(spare, options, 2 * round + 1));
    std::this_thread::sleep_for(pause);
    plain_times.push_back(through_engine(plain, options, 2 * round + 2));
  }
  print("bare", bare_times);
  print("bwrap, one mount", bwrap_times);
  print("engine, with a spare runner", spare_times);
  print("engine, without", plain_times);
  throughput(spare, options, 200, 1'000'000);
  throughput(plain, options, 200, 2'000'000);
}
