#include "tasks/queue/waiting_reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudbrain {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(WaitingReason, SaysThePlaceWhatIsLackingAndWhatWouldStartNow) {
  Standing standing;
  standing.ahead = 3;
  standing.short_of = {{"V100", 2, 1}, {"memory", 8.0 * (1U << 30U), 0.5 * (1U << 30U)}};
  standing.startable = {"gpu-1"};
  const Reason reason = waiting_reason(standing);
  EXPECT_EQ(reason.message.en,
            "3 tasks are ahead in the queue. It asks for 2 × V100 and 1 are free, 8 GB of memory "
            "and 512 MB are free.");
  EXPECT_EQ(reason.message.zh,
            "前面还有 3 个任务在排队。需要 2 个 V100，空闲 1 个；8 GB 内存，空闲 512 MB。");
  EXPECT_THAT(reason.next.en, HasSubstr("gpu-1"));
  EXPECT_THAT(reason.next.zh, HasSubstr("gpu-1"));
}

TEST(WaitingReason, DoesNotAdviseWhereNothingIsLacking) {
  const Reason reason = waiting_reason({});
  EXPECT_THAT(reason.message.en, HasSubstr("Next"));
  EXPECT_THAT(reason.next.en, IsEmpty());
}

}  // namespace
}  // namespace cloudbrain
