#include "domain/state_machine.h"

#include <set>

#include <gtest/gtest.h>

#include "base/json.h"

namespace cloudbrain {
namespace {

using enum TaskState;

constexpr std::array kAll{PREPARING, WAITING,   RUNNING, STOPPING,
                          STOPPED,   SUCCEEDED, FAILED,  CREATED_FAILED};

const std::set<std::pair<TaskState, TaskState>> kAllowed{
    {PREPARING, WAITING}, {PREPARING, CREATED_FAILED}, {PREPARING, STOPPING}, {PREPARING, STOPPED},
    {WAITING, RUNNING},   {WAITING, FAILED},           {WAITING, STOPPING},   {WAITING, STOPPED},
    {RUNNING, SUCCEEDED}, {RUNNING, FAILED},           {RUNNING, STOPPING},   {RUNNING, STOPPED},
    {RUNNING, WAITING},   {STOPPING, STOPPED},         {STOPPING, SUCCEEDED}, {STOPPING, FAILED},
};

TEST(StateMachine, allows_these_transitions_and_no_others) {
  for (const TaskState from : kAll) {
    for (const TaskState to : kAll) {
      EXPECT_EQ(may_follow(from, to), kAllowed.contains({from, to}))
          << enum_name(from) << " to " << enum_name(to);
    }
  }
}

TEST(StateMachine, nothing_follows_a_final_state_and_something_follows_every_other) {
  for (const TaskState from : kAll) {
    const bool left =
        std::any_of(kAll.begin(), kAll.end(), [&](TaskState to) { return may_follow(from, to); });
    EXPECT_EQ(left, !is_final(from)) << enum_name(from);
  }
}

TEST(StateMachine, every_state_can_come_to_an_end) {
  for (const TaskState from : kAll) {
    if (is_final(from)) continue;
    EXPECT_TRUE(std::any_of(kAll.begin(), kAll.end(), [&](TaskState to) {
      return is_final(to) && may_follow(from, to);
    })) << enum_name(from);
  }
}

TEST(TaskState, is_spelt_as_the_API_spells_it) {
  std::set<std::string> names;
  for (const TaskState state : kAll) names.insert(enum_name(state));
  EXPECT_EQ(names, (std::set<std::string>{"PREPARING", "WAITING", "RUNNING", "STOPPING", "STOPPED",
                                          "SUCCEEDED", "FAILED", "CREATED_FAILED"}));
}

}  // namespace
}  // namespace cloudbrain
