// The words of the API: a request as JSON, a spec as a form shows it, a reason in two languages.
#include <csignal>

#include <gtest/gtest.h>

#include "base/json.h"
#include "domain/reasons.h"
#include "domain/spec.h"
#include "domain/task.h"

namespace cloudbrain {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

TEST(Amount, is_short_and_never_more_than_there_is) {
  EXPECT_EQ(amount_text(8 * kGiB), "8 GB");
  EXPECT_EQ(amount_text(8 * kGiB - 1), "7.9 GB");
  EXPECT_EQ(amount_text(kGiB + kGiB / 2), "1.5 GB");
  EXPECT_EQ(amount_text(kGiB / 2), "512 MB");
  EXPECT_EQ(amount_text(0), "0 MB");
}

TEST(TaskRequest, survives_a_trip_through_JSON_byte_by_byte) {
  TaskRequest request;
  request.kind = TaskKind::inference;
  request.name = "mnist-1";
  request.description = "第一次";
  request.boot_file = "inference.py";
  request.engine = "MindSpore1.8.1";
  request.model = ModelChoice{"lenet", "V0001", "lenet.ckpt"};
  request.datasets = {"MnistDataset_torch.zip"};
  request.params = {{"a", "two \"words\"\n$(id) 中文"}, {"b", ""}};
  request.spec = "cpu-1";
  request.max_runtime_s = 60;
  const auto back =
      from_json<TaskRequest>(parse_json(to_text(to_json(request))), UnknownMembers::reject);
  EXPECT_EQ(back, request);
}

TEST(TaskRequest, has_defaults_for_all_but_name_boot_file_and_spec) {
  const auto request = from_json<TaskRequest>(
      parse_json(R"({"name":"a","boot_file":"train.py","spec":"cpu-1"})"), UnknownMembers::reject);
  EXPECT_EQ(request.kind, TaskKind::train);
  EXPECT_EQ(request.cluster, "openi");
  EXPECT_EQ(request.branch, "main");
  EXPECT_EQ(request.image, "host");
  EXPECT_EQ(request.max_runtime_s, 86'400);
  EXPECT_FALSE(request.model);
  try {
    from_json<TaskRequest>(parse_json("{}"), UnknownMembers::reject);
    FAIL() << "no error";
  } catch (const Error& error) {
    std::vector<std::string> fields;
    for (const FieldProblem& problem : error.problems()) fields.push_back(problem.field);
    EXPECT_EQ(fields, (std::vector<std::string>{"name", "boot_file", "spec"}));
  }
}

TEST(Spec, reads_in_a_form_as_people_know_it) {
  Spec spec;
  spec.compute = "gpu";
  spec.accelerator_type = "V100";
  spec.accelerators = 1;
  spec.cpus = 4;
  spec.memory_bytes = 32 * kGiB;
  spec.shared_memory_bytes = 16 * kGiB;
  EXPECT_EQ(spec_text_zh(spec), "GPU: 1*V100, CPU: 4, 内存: 32GB, 共享内存: 16GB");
  EXPECT_EQ(spec_text_en(spec), "GPU: 1*V100, CPU: 4, memory: 32GB, shared memory: 16GB");
}

TEST(Spec, without_accelerators_tells_of_cores_and_memory_alone) {
  Spec spec;
  spec.compute = "cpu";
  spec.cpus = 1;
  spec.memory_bytes = kGiB / 2;
  spec.shared_memory_bytes = kGiB / 8;
  EXPECT_EQ(spec_text_zh(spec), "CPU: 1, 内存: 512MB, 共享内存: 128MB");
}

TEST(Reasons, each_has_a_code_of_its_own_and_a_sentence_in_both_languages) {
  const std::vector<Reason> all{reasons::exit_code(3),
                                reasons::killed_by_signal(SIGSEGV),
                                reasons::out_of_memory(kGiB),
                                reasons::timeout(60),
                                reasons::stopped_by_user("admin"),
                                reasons::node_lost(),
                                reasons::start_failed({"no bwrap", "没有 bwrap"}),
                                reasons::dataset_failed("a.zip", {"corrupt", "已损坏"}),
                                reasons::preparation_failed({"x", "x"}, {}),
                                reasons::preparing_code(),
                                reasons::unpacking_dataset("a.zip"),
                                reasons::waiting_for_resources({"Next.", "队首。"}, {})};
  std::set<std::string> codes;
  for (const Reason& reason : all) {
    EXPECT_FALSE(reason.message.en.empty()) << reason.code;
    EXPECT_FALSE(reason.message.zh.empty()) << reason.code;
    EXPECT_EQ(reason.next.en.empty(), reason.next.zh.empty()) << reason.code;
    codes.insert(reason.code);
  }
  EXPECT_EQ(codes.size(), all.size());
}

TEST(Reasons, name_the_value_that_matters) {
  EXPECT_NE(reasons::exit_code(3).message.zh.find('3'), std::string::npos);
  EXPECT_NE(reasons::killed_by_signal(SIGSEGV).message.en.find("SIGSEGV"), std::string::npos);
  EXPECT_NE(reasons::killed_by_signal(64).message.en.find("64"), std::string::npos);
  EXPECT_NE(reasons::out_of_memory(kGiB).message.en.find("1024 MB"), std::string::npos);
}

}  // namespace
}  // namespace cloudbrain
