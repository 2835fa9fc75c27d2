#include "app/doctor.h"

#include <fmt/format.h>

#include "app/configuration.h"
#include "base/process.h"
#include "domain/spec.h"
#include "engines/local/probe.h"

namespace cloudbrain::app {

namespace {

using cli::Finding;
using cli::Verdict;

std::string packages_hint(std::string_view package) {
  return fmt::format("apt-get install --no-install-recommends {}", package);
}

Finding program(const std::string& name, const std::string& package, Text without) {
  const auto path = find_program(name);
  if (path) return {name, Verdict::ok, {path->native(), path->native()}, {}};
  return {
      name, Verdict::fail, std::move(without), {packages_hint(package), packages_hint(package)}};
}

Finding disk_finding(fs::path data) {
  while (!data.empty() && !fs::exists(data)) data = data.parent_path();
  constexpr std::int64_t kGiB = std::int64_t{1} << 30U;
  const auto free = static_cast<std::int64_t>(free_bytes(data));
  const std::string where = fmt::format("{} free at {}", amount_text(free), data.native());
  const std::string where_zh = fmt::format("{} 剩余 {}", data.native(), amount_text(free));
  if (free >= 5 * kGiB) return {"disk", Verdict::ok, {where, where_zh}, {}};
  return {"disk",
          free >= kGiB ? Verdict::warn : Verdict::fail,
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

Finding from_probe(ProbeFinding found) {
  const auto verdict = [&] {
    switch (found.level) {
      case ProbeLevel::good:
        return Verdict::ok;
      case ProbeLevel::limited:
        return Verdict::warn;
      case ProbeLevel::missing:
        return Verdict::fail;
    }
    return Verdict::fail;
  };
  return {std::move(found.name), verdict(), std::move(found.detail), std::move(found.mend)};
}

// What the engine says of the machine, with one real task run on it.
void examine_engine(const std::vector<fs::path>& cdi, std::vector<Finding>& findings) {
  LocalOptions options;
  if (!cdi.empty()) options.sources.cdi = cdi;
  try {
    options.runner = find_runner({});
  } catch (const Error& error) {
    findings.push_back({"runner", Verdict::fail, error.message(), error.next()});
  }
  const TemporaryDirectory scratch;
  for (ProbeFinding& found : probe_machine(options, scratch.path()))
    findings.push_back(from_probe(std::move(found)));
}

}  // namespace

std::vector<Finding> examine(const fs::path& data, const std::vector<fs::path>& cdi) {
  std::vector<Finding> findings{
      program("git", "git", {"projects can't be hosted without git", "没有 git 就无法托管项目"}),
      torch_finding(), disk_finding(fs::absolute(data))};
  examine_engine(cdi, findings);
  return findings;
}

}  // namespace cloudbrain::app
