#include "store/database.h"

#include <fcntl.h>

#include "store/sqlite/connection.h"
#include "store/sqlite/migrations.h"

namespace cloudbrain::store {

namespace {

// It holds password hashes. SQLite gives the files beside it the same mode.
const fs::path& made_private(const fs::path& file) {
  try_open_file(file, O_RDWR | O_CREAT, 0600);
  return file;
}

}  // namespace

Database::Database(const fs::path& file)
    : connections_(std::make_unique<Connections>(made_private(file))),
      schema_version_(migrate(connections_->writer(), migrations())) {}

Database::~Database() = default;

}  // namespace cloudbrain::store
