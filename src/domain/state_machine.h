// Which states may follow which. Everything that changes a task's state asks here first.
//
//   PREPARING ──► WAITING ──► RUNNING ──► SUCCEEDED | FAILED
//       │  │         │  ▲        │
//       │  │         │  └────────┘ (the engine gave the start back: again in the queue)
//       │  └─────────┴───────────┴──► STOPPING ──► STOPPED (or the end that came first)
//       └──► CREATED_FAILED
//
// Two shortcuts: what runs nowhere yet, or was ended from outside, goes to STOPPED without
// STOPPING; WAITING goes to FAILED where the engine could not start it.
#pragma once

#include "domain/task.h"

namespace cloudbrain {

bool may_follow(TaskState from, TaskState to);
// SUCCEEDED, FAILED, STOPPED, CREATED_FAILED: never left again.
bool is_final(TaskState state);

}  // namespace cloudbrain
