// What the statements about models share. For the store's own .cpp files.
#pragma once

#include <string>
#include <vector>

#include "store/sqlite/statement.h"
#include "store/sqlite/task_rows.h"

namespace cloudbrain::store {

// `versions` is a query for ids of versions, with the argument :id.
//
// Throws conflict "model_in_use" where a task that has not ended uses one of them.
void refuse_while_used(Connection& connection, const std::string& versions, std::int64_t id);
// SHA-256 of their files, each once.
std::vector<std::string> contents_of(Connection& connection, const std::string& versions,
                                     std::int64_t id);

}  // namespace cloudbrain::store
