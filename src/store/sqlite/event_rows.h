// For the store's own .cpp files: events inside another aggregate's transaction.
#pragma once

#include "store/events.h"

namespace cloudbrain::store {

class Connection;

// Gives the event's id. The task must exist.
std::int64_t add_event(Connection& connection, TaskId task, const Event& event);

}  // namespace cloudbrain::store
