#include "store/database.h"

#include <fcntl.h>

#include "store/sqlite/connection.h"
#include "store/sqlite/migrations.h"

namespace cloudbrain::store {

namespace {

// It holds password hashes. SQLite gives the files beside it the same mode.
std::unique_ptr<Connections> open_private(const fs::path& file) {
  try_open_file(file, O_RDWR | O_CREAT, 0600);
  return std::make_unique<Connections>(file);
}

}  // namespace

Database::Database(const fs::path& file)
    : connections_(open_private(file)),
      schema_version_(migrate(connections_->writer(), migrations())) {}

Database::~Database() = default;

}  // namespace cloudbrain::store
