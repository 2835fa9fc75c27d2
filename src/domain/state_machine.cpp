#include "domain/state_machine.h"

namespace cloudbrain {

bool is_final(TaskState state) {
  switch (state) {
    case TaskState::PREPARING:
    case TaskState::WAITING:
    case TaskState::RUNNING:
    case TaskState::STOPPING:
      return false;
    case TaskState::STOPPED:
    case TaskState::SUCCEEDED:
    case TaskState::FAILED:
    case TaskState::CREATED_FAILED:
      return true;
  }
  return true;
}

bool may_follow(TaskState from, TaskState to) {
  using enum TaskState;
  switch (from) {
    case PREPARING:
      return to == WAITING || to == STOPPING || to == STOPPED || to == CREATED_FAILED;
    case WAITING:
      return to == RUNNING || to == STOPPING || to == STOPPED || to == FAILED;
    case RUNNING:
      return to == SUCCEEDED || to == FAILED || to == STOPPING || to == STOPPED || to == WAITING;
    case STOPPING:
      // The script may end by itself before the stop reaches it; its true end is what counts.
      return to == STOPPED || to == SUCCEEDED || to == FAILED;
    case STOPPED:
    case SUCCEEDED:
    case FAILED:
    case CREATED_FAILED:
      return false;
  }
  return false;
}

}  // namespace cloudbrain
