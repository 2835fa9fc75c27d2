#include "tasks/queue/waiting_reason.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "domain/reasons.h"
#include "domain/spec.h"

namespace cloudbrain {

namespace {

Text place_of(int ahead) {
  if (ahead == 0) return {"Next in the queue.", "排在队首。"};
  if (ahead == 1) return {"One task is ahead in the queue.", "前面还有 1 个任务在排队。"};
  return {fmt::format("{} tasks are ahead in the queue.", ahead),
          fmt::format("前面还有 {} 个任务在排队。", ahead)};
}

Text amount(const Shortage& shortage) {
  if (shortage.resource == "memory") {
    const std::string wanted = amount_text(static_cast<std::int64_t>(shortage.wanted));
    const std::string free = amount_text(static_cast<std::int64_t>(shortage.free));
    return {fmt::format("{} of memory and {} are free", wanted, free),
            fmt::format("{} 内存，空闲 {}", wanted, free)};
  }
  const bool is_cpu = shortage.resource == "cpu";
  return {fmt::format("{} × {} and {} are free", shortage.wanted,
                      is_cpu ? "CPU core" : shortage.resource, shortage.free),
          fmt::format("{} 个 {}，空闲 {} 个", shortage.wanted,
                      is_cpu ? "CPU 核" : shortage.resource, shortage.free)};
}

Text need_of(const Standing& standing) {
  if (standing.short_of.empty()) {
    if (standing.ahead == 0) return {" It starts in a moment.", "即将启动。"};
    return {" What it asks for is kept for those ahead.", "所需资源为前面的任务保留。"};
  }
  Text all;
  for (const Shortage& shortage : standing.short_of) {
    const Text one = amount(shortage);
    all.en += (all.en.empty() ? "" : ", ") + one.en;
    all.zh += (all.zh.empty() ? "" : "；") + one.zh;
  }
  return {fmt::format(" It asks for {}.", all.en), fmt::format("需要 {}。", all.zh)};
}

Text next_of(const Standing& standing) {
  if (!standing.startable.empty()) {
    return {fmt::format("It would start now with: {}.", fmt::join(standing.startable, ", ")),
            fmt::format("选择以下资源规格可立即启动：{}。", fmt::join(standing.startable, "、"))};
  }
  if (standing.short_of.empty()) return {};
  return {"A smaller spec may start sooner.", "选择更小的资源规格可能更快启动。"};
}

}  // namespace

Reason waiting_reason(const Standing& standing) {
  const Text place = place_of(standing.ahead);
  const Text need = need_of(standing);
  return reasons::waiting_for_resources({place.en + need.en, place.zh + need.zh},
                                        next_of(standing));
}

}  // namespace cloudbrain
