// Where a waiting task stands, in words.
#pragma once

#include "domain/task.h"
#include "tasks/queue/standing.h"

namespace cloudbrain {

// "2 tasks are ahead in the queue. It asks for 4 CPU cores; 1 is free." and what to do about it.
Reason waiting_reason(const Standing& standing);

}  // namespace cloudbrain
