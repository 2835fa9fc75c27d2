#include "base/error.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "base/metrics.h"

namespace cloudbrain {
namespace {

TEST(ErrorOfFields, summarises_all_problems_and_keeps_each) {
  const Error error = Error::fields({{"name", "task_name", {"is bad.", "不对。"}},
                                     {"spec", "required", {"is required.", "必填。"}}});
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_EQ(error.code(), "invalid_fields");
  EXPECT_EQ(error.message().en, "name: is bad. spec: is required.");
  EXPECT_EQ(error.message().zh, "name：不对。 spec：必填。");
  EXPECT_EQ(error.problems().size(), 2U);
  EXPECT_STREQ(error.what(), "invalid_fields: name: is bad. spec: is required.");
}

TEST(ErrorOfFields, with_one_problem_has_its_code) {
  EXPECT_EQ(Error::fields({{"name", "task_name", {"is bad.", "不对。"}}}).code(), "task_name");
}

TEST(ThrowErrno, tells_a_full_disk_and_a_full_quota_from_our_own_faults) {
  for (const int full : {ENOSPC, EDQUOT}) {
    try {
      throw_errno("write", "/data/x", full);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::no_space);
      EXPECT_FALSE(error.next().empty());
    }
  }
  try {
    errno = EACCES;
    throw_errno("open", "/data/x");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::internal);
    EXPECT_EQ(error.message().en, "open /data/x: Permission denied");
  }
}

TEST(Metrics, are_told_in_the_text_format_of_Prometheus) {
  Metrics metrics;
  metrics.count("cloudbrain_test_total", {{"state", "RUNNING"}});
  metrics.count("cloudbrain_test_total", {{"state", "RUNNING"}}, 2);
  metrics.count("cloudbrain_test_total", {{"state", "FAILED"}});
  metrics.set("cloudbrain_test_size", 7);
  metrics.set("cloudbrain_test_size", 5);
  const std::string text = metrics.text();
  EXPECT_NE(text.find("# TYPE cloudbrain_test_total counter"), std::string::npos);
  EXPECT_NE(text.find("cloudbrain_test_total{state=\"RUNNING\"} 3"), std::string::npos);
  EXPECT_NE(text.find("cloudbrain_test_total{state=\"FAILED\"} 1"), std::string::npos);
  EXPECT_NE(text.find("cloudbrain_test_size 5"), std::string::npos);
}

}  // namespace
}  // namespace cloudbrain
