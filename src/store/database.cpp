#include "store/database.h"

#include "store/connection.h"
#include "store/migrations.h"

namespace cloudbrain::store {

Database::Database(const fs::path& file)
    : connections_(std::make_unique<Connections>(file)),
      schema_version_(migrate(connections_->writer(), migrations())) {}

Database::~Database() = default;

}  // namespace cloudbrain::store
