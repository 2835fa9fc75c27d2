// The one question whether bytes in blobs/ are still needed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "store/database.h"

namespace cloudbrain::store {

// Whether a row, or a task that has not ended, needs the content with this SHA-256. Every table
// that names content has its line here. Who deletes content by this answer must hold off rows of
// the same content meanwhile: tasks/content_keeper.h.
bool is_content_used(Database& database, std::string_view sha256);

// Whether this person may read content with this SHA-256 somewhere: a data set or a model of a
// project that is public, theirs, or has them as a member. To all others it is not there, so that
// nobody can ask what the server has.
bool may_read_content(Database& database, UserId user, std::string_view sha256);

}  // namespace cloudbrain::store
