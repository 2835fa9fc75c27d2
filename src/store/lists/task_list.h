// For the store's own .cpp files and its tests: the statement behind Tasks::list.
#pragma once

#include <string>

#include "store/sqlite/statement.h"
#include "store/tasks.h"

namespace cloudbrain::store {

struct ListStatement {
  std::string sql;
  Arguments arguments;
};

ListStatement list_statement(const TaskFilter& filter, const Page& page);

}  // namespace cloudbrain::store
