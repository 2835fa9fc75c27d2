// Where a script finds things, layout by layout, written out: this is what people's scripts rely
// on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layout_fixture.h"

namespace cloudbrain {
namespace {

struct Places {
  std::string code, code_alias, dataset, model, checkpoint, output;
  bool operator==(const Places&) const = default;
};

std::ostream& operator<<(std::ostream& to, const Places& p) {
  return to << p.code << " " << p.code_alias << " " << p.dataset << " " << p.model << " "
            << p.checkpoint << " " << p.output;
}

Places places_of(const LayoutCase& task) {
  const Layout& layout = task.layout;
  return {code_directory(layout, task.input()),  std::string(layout.code_alias),
          std::string(layout.dataset),           std::string(layout.model),
          checkpoint_path(layout, task.input()), std::string(layout.output)};
}

std::vector<std::string> targets(const LayoutCase& task) {
  std::vector<std::string> all;
  for (const DatasetPlace& place : dataset_places(task.layout, task.input()))
    all.push_back(place.target);
  return all;
}

TEST(LayoutPlaces, openi_gpu_training) {
  const Places expected{"/code", "", "/dataset", "/pretrainmodel", "/pretrainmodel/lenet.ckpt",
                        "/model"};
  EXPECT_EQ(places_of({"openi", "gpu", TaskKind::train}), expected);
  EXPECT_EQ(places_of({"openi", "cpu", TaskKind::train}), expected);
}

TEST(LayoutPlaces, openi_gpu_inference) {
  const Places expected{"/code", "", "/dataset", "/model", "/model/lenet.ckpt", "/result"};
  EXPECT_EQ(places_of({"openi", "gpu", TaskKind::inference}), expected);
  EXPECT_EQ(places_of({"openi", "cpu", TaskKind::inference}), expected);
}

TEST(LayoutPlaces, openi_npu_training_and_inference) {
  const Places expected{
      "/cache/code",          "/home/work/user-job-dir/{version}", "/cache/dataset",
      "/cache/pretrainmodel", "/cache/pretrainmodel/lenet.ckpt",   "/cache/output"};
  EXPECT_EQ(places_of({"openi", "npu", TaskKind::train}), expected);
  EXPECT_EQ(places_of({"openi", "npu", TaskKind::inference}), expected);
}

TEST(LayoutPlaces, c2net_gpu_training_and_inference) {
  const Places expected{
      "/tmp/code/mnist_example",       "",           "/tmp/dataset", "/tmp/pretrainmodel",
      "/tmp/pretrainmodel/lenet.ckpt", "/tmp/output"};
  for (const TaskKind kind : {TaskKind::train, TaskKind::inference}) {
    EXPECT_EQ(places_of({"c2net", "gpu", kind}), expected);
    EXPECT_EQ(places_of({"c2net", "cpu", kind}), expected);
  }
}

TEST(LayoutPlaces, c2net_npu_training_and_inference) {
  const Places expected{"/cache/code/mnist_example",
                        "",
                        "/cache/dataset",
                        "/cache/pretrainmodel",
                        "/cache/pretrainmodel/lenet.ckpt",
                        "/cache/output"};
  EXPECT_EQ(places_of({"c2net", "npu", TaskKind::train}), expected);
  EXPECT_EQ(places_of({"c2net", "npu", TaskKind::inference}), expected);
}

TEST(LayoutPlaces, an_accelerator_that_is_no_npu_uses_the_gpu_row) {
  EXPECT_EQ(&find_layout("c2net", "dcu", TaskKind::train),
            &find_layout("c2net", "gpu", TaskKind::train));
}

TEST(LayoutPlaces, a_layout_that_the_table_does_not_have_is_an_error_that_names_it) {
  try {
    find_layout("octopus", "gpu", TaskKind::train);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "no_layout");
    EXPECT_NE(error.message().en.find("octopus"), std::string::npos);
  }
}

TEST(LayoutPlaces, the_table_has_five_rows_and_each_is_found) {
  EXPECT_EQ(all_layouts().size(), 5U);
  for (const Layout& layout : all_layouts()) {
    const TaskKind kind = layout.inference_only ? TaskKind::inference : TaskKind::train;
    EXPECT_EQ(&find_layout(layout.cluster_layout, layout.npu ? "npu" : "gpu", kind), &layout);
  }
}

TEST(LayoutPlaces, one_dataset_lies_at_the_root_and_under_its_name) {
  EXPECT_THAT(targets({"openi", "gpu", TaskKind::train}),
              testing::ElementsAre("/dataset", "/dataset/MnistDataset_torch"));
  EXPECT_THAT(targets({"c2net", "npu", TaskKind::train}),
              testing::ElementsAre("/cache/dataset", "/cache/dataset/MnistDataset_torch"));
  const LayoutCase task("openi", "gpu", TaskKind::train);
  const auto places = dataset_places(task.layout, task.input());
  EXPECT_TRUE(places[0].whole_root);
  EXPECT_FALSE(places[1].whole_root);
}

TEST(LayoutPlaces, several_datasets_lie_each_under_its_name_alone) {
  LayoutCase task("c2net", "gpu", TaskKind::train);
  task.with_datasets({"train.zip", "数据.zip"});
  EXPECT_THAT(targets(task), testing::ElementsAre("/tmp/dataset/train", "/tmp/dataset/数据"));
  EXPECT_TRUE(targets(task.with_datasets({})).empty());
}

TEST(LayoutPlaces, a_plain_file_lies_at_the_root_as_itself_alone_or_not) {
  LayoutCase task("openi", "npu", TaskKind::train);
  const DatasetInput plain{"faces/labels.csv", "", "ab12"};
  task.datasets = {plain};
  EXPECT_THAT(targets(task), testing::ElementsAre("/cache/dataset/labels.csv"));
  EXPECT_THAT(task.arguments(), testing::Contains("--data_url=/cache/dataset"));
  task.datasets = {{"faces/part1.zip", "part1", "cd34"}, plain};
  EXPECT_THAT(targets(task),
              testing::ElementsAre("/cache/dataset/part1", "/cache/dataset/labels.csv"));
}

TEST(LayoutPlaces, without_a_model_there_is_no_checkpoint) {
  LayoutCase task("openi", "gpu", TaskKind::train);
  EXPECT_EQ(checkpoint_path(task.layout, task.without_model().input()), "");
}

TEST(LayoutPlaces, the_marker_files_are_those_that_the_c2net_package_looks_for) {
  EXPECT_EQ(kCodeMarker, ".code_cache_file");
  EXPECT_EQ(kDatasetMarker, ".dataset_cache_file");
  EXPECT_EQ(kModelMarker, ".pretrainmodel_cache_file");
}

}  // namespace
}  // namespace cloudbrain
