// Keyset paging: lists are newest first, and an id says where the page before ended.
#pragma once

#include <cstdint>

namespace cloudbrain::store {

struct Page {
  std::int64_t after = 0;  // id of the last row already seen; 0: from the newest
  int limit = 20;          // rows at most; the caller caps what a stranger may ask for
};

}  // namespace cloudbrain::store
