// What a script is given, layout by layout, written out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layout_fixture.h"

namespace cloudbrain {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

TEST(LayoutArguments, openi_gpu_training) {
  EXPECT_THAT(
      LayoutCase("openi", "gpu", TaskKind::train).arguments(),
      ElementsAre("--epoch_size=3", "--batch_size=128", "--ckpt_url=/pretrainmodel/lenet.ckpt"));
}

TEST(LayoutArguments, openi_gpu_inference) {
  EXPECT_THAT(LayoutCase("openi", "gpu", TaskKind::inference).arguments(),
              ElementsAre("--epoch_size=3", "--batch_size=128", "--ckpt_url=/model/lenet.ckpt"));
}

TEST(LayoutArguments, openi_npu_training) {
  EXPECT_THAT(
      LayoutCase("openi", "npu", TaskKind::train).arguments(),
      ElementsAre(
          "--data_url=/cache/dataset", "--train_url=/cache/output",
          R"(--multi_data_url=[{"dataset_url":"/cache/dataset/MnistDataset_torch","dataset_name":"MnistDataset_torch"}])",
          R"(--pretrain_url=[{"model_url":"/cache/pretrainmodel/lenet.ckpt","model_name":"lenet.ckpt"}])",
          "--ckpt_url=/cache/pretrainmodel/lenet.ckpt", "--epoch_size=3", "--batch_size=128",
          "--device_target=Ascend"));
}

TEST(LayoutArguments, openi_npu_inference) {
  EXPECT_THAT(
      LayoutCase("openi", "npu", TaskKind::inference).arguments(),
      ElementsAre(
          "--data_url=/cache/dataset", "--result_url=/cache/output",
          R"(--multi_data_url=[{"dataset_url":"/cache/dataset/MnistDataset_torch","dataset_name":"MnistDataset_torch"}])",
          R"(--pretrain_url=[{"model_url":"/cache/pretrainmodel/lenet.ckpt","model_name":"lenet.ckpt"}])",
          "--ckpt_url=/cache/pretrainmodel/lenet.ckpt", "--epoch_size=3", "--batch_size=128",
          "--device_target=Ascend"));
}

TEST(LayoutArguments, c2net_gpu_training_and_inference) {
  for (const TaskKind kind : {TaskKind::train, TaskKind::inference}) {
    EXPECT_THAT(LayoutCase("c2net", "gpu", kind).arguments(),
                ElementsAre("--epoch_size=3", "--batch_size=128",
                            "--ckpt_url=/tmp/pretrainmodel/lenet.ckpt"));
  }
}

TEST(LayoutArguments, c2net_npu_training_and_inference) {
  for (const TaskKind kind : {TaskKind::train, TaskKind::inference}) {
    EXPECT_THAT(
        LayoutCase("c2net", "npu", kind).arguments(),
        ElementsAre("--epoch_size=3", "--batch_size=128",
                    "--ckpt_url=/cache/pretrainmodel/lenet.ckpt", "--device_target=Ascend"));
  }
}

TEST(LayoutArguments, without_model_data_and_parameters_only_the_npu_rows_give_any) {
  const auto bare = [](std::string layout, std::string compute, TaskKind kind) {
    return LayoutCase(std::move(layout), std::move(compute), kind)
        .without_model()
        .with_datasets({})
        .with_params({})
        .arguments();
  };
  EXPECT_THAT(bare("openi", "gpu", TaskKind::train), ElementsAre());
  EXPECT_THAT(bare("openi", "gpu", TaskKind::inference), ElementsAre());
  EXPECT_THAT(bare("c2net", "gpu", TaskKind::train), ElementsAre());
  EXPECT_THAT(bare("openi", "npu", TaskKind::train),
              ElementsAre("--train_url=/cache/output", "--device_target=Ascend"));
  EXPECT_THAT(bare("openi", "npu", TaskKind::inference),
              ElementsAre("--result_url=/cache/output", "--device_target=Ascend"));
  EXPECT_THAT(bare("c2net", "npu", TaskKind::train), ElementsAre("--device_target=Ascend"));
}

TEST(LayoutArguments, of_several_datasets_on_openi_npu_data_url_names_the_first) {
  LayoutCase task("openi", "npu", TaskKind::train);
  task.with_datasets({"train.zip", "val.zip"}).without_model().with_params({});
  EXPECT_THAT(
      task.arguments(),
      ElementsAre(
          "--data_url=/cache/dataset/train", "--train_url=/cache/output",
          R"(--multi_data_url=[{"dataset_url":"/cache/dataset/train","dataset_name":"train"},)"
          R"({"dataset_url":"/cache/dataset/val","dataset_name":"val"}])",
          "--device_target=Ascend"));
}

TEST(LayoutArguments, a_model_file_in_a_folder_keeps_its_path_and_is_named_by_its_file) {
  LayoutCase task("openi", "npu", TaskKind::train);
  task.request.model->file = "epoch 3/lenet.ckpt";
  EXPECT_THAT(task.arguments(), Contains("--ckpt_url=/cache/pretrainmodel/epoch 3/lenet.ckpt"));
  EXPECT_THAT(
      task.arguments(),
      Contains(
          R"(--pretrain_url=[{"model_url":"/cache/pretrainmodel/epoch 3/lenet.ckpt","model_name":"lenet.ckpt"}])"));
}

TEST(LayoutArguments, device_target_is_the_users_where_the_user_gave_one) {
  for (const char* layout : {"openi", "c2net"}) {
    LayoutCase task(layout, "npu", TaskKind::train);
    task.with_params({{"device_target", "CPU"}});
    EXPECT_THAT(task.arguments(), Contains("--device_target=CPU"));
    EXPECT_THAT(task.arguments(), Not(Contains("--device_target=Ascend")));
  }
}

TEST(LayoutArguments, places_that_openi_npu_passes_are_not_overridden_by_parameters) {
  LayoutCase task("openi", "npu", TaskKind::train);
  task.with_params(
      {{"data_url", "s3://nowhere/"}, {"train_url", "/tmp/x"}, {"result_url", "mine"}});
  EXPECT_THAT(task.arguments(), Not(Contains("--data_url=s3://nowhere/")));
  EXPECT_THAT(task.arguments(), Not(Contains("--train_url=/tmp/x")));
  EXPECT_THAT(task.arguments(), Contains("--result_url=mine"))
      << "a training task is given no result_url";
  task.with_datasets({});
  EXPECT_THAT(task.arguments(), Contains("--data_url=s3://nowhere/"))
      << "nothing else names the data";
}

TEST(LayoutArguments, elsewhere_a_parameter_of_that_name_is_the_users_own) {
  LayoutCase task("c2net", "npu", TaskKind::train);
  task.with_params({{"data_url", "a"}, {"train_url", "b"}, {"data_url", "c"}});
  EXPECT_THAT(task.arguments(),
              ElementsAre("--data_url=a", "--train_url=b", "--data_url=c",
                          "--ckpt_url=/cache/pretrainmodel/lenet.ckpt", "--device_target=Ascend"));
}

TEST(LayoutArguments, a_value_is_one_argument_whatever_is_in_it) {
  LayoutCase task("openi", "gpu", TaskKind::train);
  task.without_model().with_params({{"a", "two words"},
                                    {"b", "\"double\" and 'single'"},
                                    {"c", "line\nbreak\ttab"},
                                    {"d", "$(touch /tmp/x)`id`;|&${HOME}"},
                                    {"e", "批大小"},
                                    {"f", ""},
                                    {"g", "--evil=1 --h=2"},
                                    {"h", "a=b=c"},
                                    {"i", "back\\slash"}});
  EXPECT_THAT(task.arguments(),
              ElementsAre("--a=two words", "--b=\"double\" and 'single'", "--c=line\nbreak\ttab",
                          "--d=$(touch /tmp/x)`id`;|&${HOME}", "--e=批大小",
                          "--f=", "--g=--evil=1 --h=2", "--h=a=b=c", "--i=back\\slash"));
}

TEST(LayoutVariables, name_the_places_of_the_row_for_the_c2net_package) {
  struct Row {
    const char *layout, *compute;
    TaskKind kind;
    const char *code, *dataset, *model, *output;
  };
  constexpr std::array<Row, 5> rows{{
      {"openi", "gpu", TaskKind::train, "/code", "/dataset", "/pretrainmodel", "/model"},
      {"openi", "gpu", TaskKind::inference, "/code", "/dataset", "/model", "/result"},
      {"openi", "npu", TaskKind::train, "/cache/code", "/cache/dataset", "/cache/pretrainmodel",
       "/cache/output"},
      {"c2net", "gpu", TaskKind::train, "/tmp/code", "/tmp/dataset", "/tmp/pretrainmodel",
       "/tmp/output"},
      {"c2net", "npu", TaskKind::train, "/cache/code", "/cache/dataset", "/cache/pretrainmodel",
       "/cache/output"},
  }};
  for (const Row& row : rows) {
    SCOPED_TRACE(fmt::format("{} {}", row.layout, row.compute));
    const auto variables = LayoutCase(row.layout, row.compute, row.kind).variables();
    EXPECT_EQ(variables.at("LOCAL_CODE_PATH"), row.code);
    EXPECT_EQ(variables.at("LOCAL_DATASET_PATH"), row.dataset);
    EXPECT_EQ(variables.at("LOCAL_PRETRAIN_MODEL_PATH"), row.model);
    EXPECT_EQ(variables.at("LOCAL_OUTPUT_PATH"), row.output);
    EXPECT_THAT(variables.at("LOCAL_TENSORBOARD_PATH"), StartsWith(row.output));
  }
}

TEST(LayoutVariables, are_these_in_every_row_beside_the_places) {
  const std::map<std::string, std::string> everywhere{{"PYTHONUNBUFFERED", "1"},
                                                      {"DATA_DOWNLOAD_METHOD", "MOUNT"},
                                                      {"CODE_NEED_UNZIP", "false"},
                                                      {"DATASET_NEED_UNZIP", "false"},
                                                      {"PRETRAIN_MODEL_NEED_UNZIP", "false"},
                                                      {"RANK_SIZE", "1"},
                                                      {"RANK_ID", "0"},
                                                      {"RANK", "0"},
                                                      {"WORLD_SIZE", "1"},
                                                      {"LOCAL_RANK", "0"},
                                                      {"DEVICE_ID", "0"},
                                                      {"ASCEND_DEVICE_ID", "0"},
                                                      {"MASTER_ADDR", "127.0.0.1"}};
  for (const Layout& layout : all_layouts()) {
    const TaskRequest request;
    auto variables = script_variables(layout, {"lenet", request, 1, {}});
    for (const auto& [name, value] : everywhere) EXPECT_EQ(variables[name], value) << name;
    EXPECT_FALSE(variables["MASTER_PORT"].empty());
    EXPECT_EQ(variables["PYTHONPATH"],
              layout.npu ? "/opt/cloudbrain/any:/opt/cloudbrain/npu" : "/opt/cloudbrain/any");
    EXPECT_EQ(variables.size(), everywhere.size() + 2 + 9);
  }
}

}  // namespace
}  // namespace cloudbrain
