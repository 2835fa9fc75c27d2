// The one question whether bytes in blobs/ are still needed.
#pragma once

#include <string_view>

#include "store/database.h"

namespace cloudbrain::store {

// Whether a row, or a task that has not ended, needs the content with this SHA-256. Every table
// that names content has its line here. Who deletes content by this answer must hold off rows of
// the same content meanwhile: tasks/content_keeper.h.
bool is_content_used(Database& database, std::string_view sha256);

}  // namespace cloudbrain::store
