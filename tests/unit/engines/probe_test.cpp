#include "engines/local/probe.h"

#include <algorithm>

#include "local_machine.h"

namespace cloudbrain {
namespace {

const ProbeFinding& named(const std::vector<ProbeFinding>& findings, const std::string& name) {
  const auto found = std::ranges::find(findings, name, &ProbeFinding::name);
  if (found == findings.end()) throw std::runtime_error("no finding called " + name);
  return *found;
}

TEST(Probe, ATaskRunsOnAMachineThatRunsTheseTests) {
  const TemporaryDirectory scratch;
  const testing::LocalMachine machine;
  LocalOptions options = machine.options();
  const std::vector<ProbeFinding> findings = probe_machine(options, scratch.path());
  EXPECT_EQ(named(findings, "sandbox").level, ProbeLevel::good)
      << named(findings, "sandbox").detail.en;
  EXPECT_EQ(named(findings, "python").level, ProbeLevel::good);
  EXPECT_EQ(named(findings, "cgroups").level,
            testing::can_limit("cpu") && testing::can_limit("memory") && testing::can_limit("pids")
                ? ProbeLevel::good
                : ProbeLevel::limited);
  for (const ProbeFinding& finding : findings) {
    EXPECT_FALSE(finding.detail.en.empty() || finding.detail.zh.empty()) << finding.name;
    EXPECT_TRUE(finding.level == ProbeLevel::good || !finding.mend.empty()) << finding.name;
  }
  EXPECT_TRUE(fs::is_empty(scratch.path())) << "nothing lasts";
}

TEST(Probe, WithoutARunnerNoTaskRunsAndItSaysWhy) {
  const TemporaryDirectory scratch;
  const testing::LocalMachine machine;
  LocalOptions options = machine.options();
  options.runner = "/nowhere/cloudbrain-runner";
  const ProbeFinding sandbox = named(probe_machine(options, scratch.path()), "sandbox");
  EXPECT_EQ(sandbox.level, ProbeLevel::missing);
  EXPECT_NE(sandbox.detail.en.find("/nowhere/cloudbrain-runner"), std::string::npos)
      << sandbox.detail.en;
  EXPECT_FALSE(sandbox.mend.zh.empty());
}

}  // namespace
}  // namespace cloudbrain
