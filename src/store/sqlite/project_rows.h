// What the queries for projects share. For the store's own .cpp files.
#pragma once

#include <string>

namespace cloudbrain::store {

// Columns in the order of the members of Project.
inline const std::string kSelectProject =
    "SELECT p.id, p.owner_id, u.name, p.name, p.description, p.is_private, p.created_at, p.state, "
    "p.failure_json, p.origin, p.fork_of FROM projects p JOIN users u ON u.id = p.owner_id ";

}  // namespace cloudbrain::store
