#include "tasks/launch/launch_plan.h"

#include <gmock/gmock.h>

#include "tasks/catalogue.h"

namespace cloudbrain {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

// "source -> target (ro|rw)" of every mount, in order.
std::vector<std::string> mounts_of(const Launch& launch) {
  std::vector<std::string> list;
  for (const Mount& mount : launch.mounts) {
    list.push_back(
        fmt::format("{} -> {} ({})", mount.source, mount.target, mount.read_only ? "ro" : "rw"));
  }
  return list;
}

struct Given {
  Task task;
  Spec spec;
  LaunchPlaces places;
  std::string layout = "openi";

  Given() {
    task.id = TaskId{5};
    task.attempt = 1;
    task.request.boot_file = "train.py";
    task.request.compute = "cpu";
    places.folder = TaskFolder{"/t/5"};
    places.packages = "/p";
    places.empty_file = "/t/.empty";
    spec.cpus = 2;
    spec.memory_bytes = 1024;
  }
  void choose(const std::string& name, const std::string& folder) {
    task.inputs.push_back({name, folder, "hash"});
    places.datasets.push_back({"/d/tree-" + folder, "/d/view-" + folder, true});
  }
  Launch plan() const {
    return plan_launch(
        {task, "Demo", find_layout(layout, task.request.compute, task.request.kind), spec, places});
  }
};

TEST(LaunchPlan, AnOpeniTrainingTaskSeesThePlacesOfTheContract) {
  Given given;
  given.choose("Mnist.zip", "Mnist");
  given.task.request.params = {{"batch_size", "128"}};
  const Launch launch = given.plan();
  EXPECT_THAT(mounts_of(launch),
              ElementsAre("/t/5/tmp -> /tmp (rw)", "/t/5/code -> /code (rw)",
                          "/t/.empty -> /code/.code_cache_file (ro)",
                          "/d/view-Mnist -> /dataset (ro)", "/d/tree-Mnist -> /dataset/Mnist (ro)",
                          "/t/.empty -> /pretrainmodel/.pretrainmodel_cache_file (ro)",
                          "/t/5/output -> /model (rw)", "/p/any -> /opt/cloudbrain/any (ro)"));
  EXPECT_THAT(launch.argv, ElementsAre("python3", "/code/train.py", "--batch_size=128"));
  EXPECT_EQ(launch.working_directory, "/code");
  EXPECT_EQ(launch.environment.at("CLOUDBRAIN_TASK_ID"), "5");
}

TEST(LaunchPlan, SeveralDataSetsLieInAFolderEach) {
  Given given;
  given.choose("A.zip", "A");
  given.choose("B.tar.gz", "B");
  const auto mounts = mounts_of(given.plan());
  EXPECT_THAT(mounts, Contains("/d/tree-A -> /dataset/A (ro)"));
  EXPECT_THAT(mounts, Contains("/d/tree-B -> /dataset/B (ro)"));
  EXPECT_THAT(mounts, Contains("/t/.empty -> /dataset/.dataset_cache_file (ro)"));
  EXPECT_THAT(mounts, Not(Contains("/d/view-A -> /dataset (ro)")));
}

TEST(LaunchPlan, AnArchiveThatBringsItsOwnFolderKeepsIt) {
  Given given;
  given.choose("A.zip", "A");
  given.places.datasets[0].mount_tree_in_view = false;
  EXPECT_THAT(mounts_of(given.plan()), Not(Contains("/d/tree-A -> /dataset/A (ro)")));
}

TEST(LaunchPlan, AnNpuTaskMayWriteBelowCache) {
  Given given;
  given.task.request.compute = "npu";
  given.task.version = 3;
  const auto mounts = mounts_of(given.plan());
  EXPECT_THAT(mounts, Contains("/t/5/cache -> /cache (rw)"));
  EXPECT_THAT(mounts, Contains("/t/5/code -> /cache/code (rw)"));
  EXPECT_THAT(mounts, Contains("/t/5/code -> /home/work/user-job-dir/V0003 (rw)"));
  EXPECT_THAT(mounts, Contains("/t/5/output -> /cache/output (rw)"));
  EXPECT_THAT(mounts, Contains("/p/npu -> /opt/cloudbrain/npu (ro)"));
}

TEST(LaunchPlan, C2netPutsTheCodeIntoAFolderNamedForTheProject) {
  Given given;
  given.layout = "c2net";
  const Launch launch = given.plan();
  EXPECT_EQ(launch.working_directory, "/tmp/code/demo");
  EXPECT_EQ(launch.argv.at(1), "/tmp/code/demo/train.py");
  EXPECT_THAT(mounts_of(launch), Contains("/t/.empty -> /tmp/code/.code_cache_file (ro)"));
}

TEST(LaunchPlan, AModelLiesReadOnlyWhereEachOfTheFiveLayoutsSays) {
  struct Case {
    std::string layout;
    std::string compute;
    TaskKind kind;
    std::string place;
  };
  const std::vector<Case> cases{{"openi", "gpu", TaskKind::train, "/pretrainmodel"},
                                {"openi", "gpu", TaskKind::inference, "/model"},
                                {"openi", "npu", TaskKind::inference, "/cache/pretrainmodel"},
                                {"c2net", "cpu", TaskKind::inference, "/tmp/pretrainmodel"},
                                {"c2net", "npu", TaskKind::train, "/cache/pretrainmodel"}};
  for (const Case& one : cases) {
    Given given;
    given.layout = one.layout;
    given.task.request.compute = one.compute;
    given.task.request.kind = one.kind;
    given.task.request.model = ModelChoice{"lenet", "V0002", "deep/m.pt"};
    given.places.model = "/d/models/7";
    const Launch launch = given.plan();
    const auto mounts = mounts_of(launch);
    EXPECT_THAT(mounts, Contains("/d/models/7 -> " + one.place + " (ro)")) << one.layout;
    // The version's folder brings the marker.
    EXPECT_THAT(mounts, Not(Contains(testing::HasSubstr("pretrainmodel_cache_file"))));
    EXPECT_THAT(launch.argv, Contains("--ckpt_url=" + one.place + "/deep/m.pt")) << one.layout;
  }
}

TEST(DefaultSpecs, FitTheMachine) {
  Offer offer;
  offer.cpus_total = 6;
  offer.memory_total = std::int64_t{24} << 30U;
  offer.accelerators = {{"gpu", "V100", 2, 2}};
  std::vector<std::string> names;
  for (const Spec& spec : default_specs(offer)) {
    names.push_back(spec.name);
    EXPECT_LE(spec.cpus, 6);
    EXPECT_LE(spec.memory_bytes, offer.memory_total);
  }
  EXPECT_THAT(names, ElementsAre("cpu-1", "cpu-2", "cpu-4", "cpu-6", "gpu-1xv100", "gpu-2xv100"));
}

TEST(DefaultSpecs, ACpuSpecServesTheFormsCpuGpuButNotTheNpu) {
  Spec spec;
  spec.compute = "cpu";
  Cluster cluster = default_clusters("local").front();
  EXPECT_TRUE(spec_serves(spec, "cpu", cluster, "train"));
  EXPECT_TRUE(spec_serves(spec, "gpu", cluster, "train"));
  EXPECT_FALSE(spec_serves(spec, "npu", cluster, "train"));
  cluster.simulate = true;
  EXPECT_TRUE(spec_serves(spec, "npu", cluster, "train"));
}

}  // namespace
}  // namespace cloudbrain

namespace cloudbrain {
namespace {

using Words = std::vector<std::string>;

TEST(EntryPoint, ComesBeforeTheScript) {
  const Words script{"python3", "/code/train.py", "--a=1"};
  EXPECT_EQ(with_entrypoint({}, script), script);
  EXPECT_EQ(with_entrypoint({"/usr/bin/tini", "--"}, script),
            (Words{"/usr/bin/tini", "--", "python3", "/code/train.py", "--a=1"}));
}

TEST(EntryPoint, ThatIsTheInterpreterTakesThePlaceOfOurs) {
  EXPECT_EQ(with_entrypoint(
                {
                    "/opt/conda/bin/python",
                },
                {"python3", "/code/a.py"}),
            (Words{"/opt/conda/bin/python", "/code/a.py"}));
}

TEST(EntryPoint, ThatTakesNoArgumentsIsLeftOut) {
  EXPECT_EQ(with_entrypoint({"/bin/sh", "-c", "service"}, {"python3", "/code/a.py"}),
            (Words{"python3", "/code/a.py"}));
}

}  // namespace
}  // namespace cloudbrain
