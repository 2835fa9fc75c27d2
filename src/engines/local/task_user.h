// Who a task is on this machine.
#pragma once

#include <sys/types.h>

namespace cloudbrain {

struct TaskUser {
  uid_t uid = 0;  // inside the sandbox
  gid_t gid = 0;
  // True where the server is root: the sandbox is made as root and then left for `uid`, which is
  // also what owns the files that a task may write. False: the task is whoever the server is, and
  // `uid` is only how that user is called inside.
  bool own_user = false;
};

// Never root. The user `cloudbrain-task` where there is one, else a fixed number that no account
// has.
TaskUser task_user();

}  // namespace cloudbrain
