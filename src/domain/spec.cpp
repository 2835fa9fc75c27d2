#include "domain/spec.h"

#include <fmt/format.h>

namespace cloudbrain {

namespace {

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t kGiB = std::int64_t{1} << 30U;
  constexpr std::int64_t kMiB = std::int64_t{1} << 20U;
  return bytes % kGiB == 0 ? fmt::format("{}GB", bytes / kGiB) : fmt::format("{}MB", bytes / kMiB);
}

std::string accelerator_text(const Spec& spec) {
  if (spec.accelerators == 0) return "";
  const std::string_view family = spec.compute == "gpu" ? "GPU" : spec.compute == "npu" ? "NPU" : spec.compute;
  return fmt::format("{}: {}*{}, ", family, spec.accelerators, spec.accelerator_type);
}

}  // namespace

std::string spec_text_zh(const Spec& spec) {
  return fmt::format("{}CPU: {}, 内存: {}, 共享内存: {}", accelerator_text(spec), spec.cpus,
                     size_text(spec.memory_bytes), size_text(spec.shared_memory_bytes));
}

std::string spec_text_en(const Spec& spec) {
  return fmt::format("{}CPU: {}, memory: {}, shared memory: {}", accelerator_text(spec), spec.cpus,
                     size_text(spec.memory_bytes), size_text(spec.shared_memory_bytes));
}

}  // namespace cloudbrain
