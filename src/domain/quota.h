// How much one user may have at a time, and how much they have.
#pragma once

#include <cstdint>
#include <optional>

#include <boost/describe/class.hpp>

namespace cloudbrain {

// Empty: no limit.
struct Quota {
  std::optional<std::int64_t> tasks_train;  // training tasks that have not ended
  std::optional<std::int64_t> tasks_inference;
  std::optional<std::int64_t> accelerators;  // of all tasks that have not ended, together
  std::optional<std::int64_t> storage_bytes;

  bool operator==(const Quota&) const = default;
};
BOOST_DESCRIBE_STRUCT(Quota, (), (tasks_train, tasks_inference, accelerators, storage_bytes))

struct QuotaUsage {
  std::int64_t tasks_train = 0;
  std::int64_t tasks_inference = 0;
  std::int64_t accelerators = 0;
  std::int64_t storage_bytes = 0;  // data sets, models and repositories of the projects they own

  bool operator==(const QuotaUsage&) const = default;
};
BOOST_DESCRIBE_STRUCT(QuotaUsage, (), (tasks_train, tasks_inference, accelerators, storage_bytes))

}  // namespace cloudbrain
