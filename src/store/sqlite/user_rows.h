// For the store's own .cpp files: users inside another aggregate's transaction.
#pragma once

#include "store/users.h"

namespace cloudbrain::store {

class Connection;

// As Users::create.
UserId insert_user(Connection& connection, const User& user);

}  // namespace cloudbrain::store
