#include "domain/spec.h"

#include <fmt/format.h>

namespace cloudbrain {

namespace {

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t kGiB = std::int64_t{1} << 30U;
  constexpr std::int64_t kMiB = std::int64_t{1} << 20U;
  return bytes % kGiB == 0 ? fmt::format("{}GB", bytes / kGiB) : fmt::format("{}MB", bytes / kMiB);
}

std::string family_of(const std::string& compute) {
  if (compute == "gpu") return "GPU";
  if (compute == "npu") return "NPU";
  return compute;
}

std::string accelerator_text(const Spec& spec) {
  if (spec.accelerators == 0) return "";
  return fmt::format("{}: {}*{}, ", family_of(spec.compute), spec.accelerators,
                     spec.accelerator_type);
}

}  // namespace

std::string amount_text(std::int64_t bytes) {
  constexpr std::int64_t kMiB = std::int64_t{1} << 20U;
  if (bytes < 1024 * kMiB) return fmt::format("{} MB", bytes / kMiB);
  const std::int64_t tenths = bytes / kMiB * 10 / 1024;
  if (tenths % 10 == 0) return fmt::format("{} GB", tenths / 10);
  return fmt::format("{}.{} GB", tenths / 10, tenths % 10);
}

std::string spec_text_zh(const Spec& spec) {
  return fmt::format("{}CPU: {}, 内存: {}, 共享内存: {}", accelerator_text(spec), spec.cpus,
                     size_text(spec.memory_bytes), size_text(spec.shared_memory_bytes));
}

std::string spec_text_en(const Spec& spec) {
  return fmt::format("{}CPU: {}, memory: {}, shared memory: {}", accelerator_text(spec), spec.cpus,
                     size_text(spec.memory_bytes), size_text(spec.shared_memory_bytes));
}

}  // namespace cloudbrain
