#include "store/uploads/uploads.h"

#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

const std::string kSelect =
    "SELECT id, creator_id, project_id, kind, target_json, metadata, concat, size_bytes, sha256, "
    "state, failure_json, unverified_from, created_at, changed_at FROM uploads ";

}  // namespace

void Uploads::insert(const Upload& upload) {
  Writing writing(database_);
  change(writing.connection(),
         "INSERT INTO uploads (id, creator_id, project_id, kind, target_json, metadata, concat, "
         "size_bytes, sha256, state, failure_json, unverified_from, created_at, changed_at) "
         "VALUES (:id, :creator_id, :project_id, :kind, :target, :metadata, :concat, :size_bytes, "
         ":sha256, :state, :failure, :unverified_from, :created_at, :changed_at)",
         upload.id, upload.creator, upload.project, upload.kind, upload.target, upload.metadata,
         upload.concat, upload.size_bytes, upload.sha256, upload.state, upload.failure,
         upload.unverified_from, upload.created_at, upload.changed_at);
  writing.commit();
}

std::optional<Upload> Uploads::find(std::string_view id) const {
  Reading reading(database_);
  return row<Upload>(reading.connection(), kSelect + "WHERE id = :id", id);
}

std::vector<Upload> Uploads::list(UserId creator) const {
  Reading reading(database_);
  return rows<Upload>(reading.connection(),
                      kSelect + "WHERE creator_id = :creator ORDER BY created_at DESC, id",
                      creator);
}

std::int64_t Uploads::count_open(UserId creator) const {
  Reading reading(database_);
  return value<long long>(reading.connection(),
                          "SELECT count(*) FROM uploads WHERE creator_id = :creator AND "
                          "state = 'open'",
                          creator)
      .value_or(0);
}

std::vector<Upload> Uploads::all() const {
  Reading reading(database_);
  return rows<Upload>(reading.connection(), kSelect);
}

bool Uploads::update(const Upload& changed) {
  Writing writing(database_);
  const auto updated = change(writing.connection(),
                              "UPDATE uploads SET state = :state, failure_json = :failure, "
                              "unverified_from = :unverified_from, changed_at = :changed_at "
                              "WHERE id = :id",
                              changed.state, changed.failure, changed.unverified_from,
                              changed.changed_at, changed.id);
  writing.commit();
  return updated == 1;
}

bool Uploads::remove(std::string_view id) {
  Writing writing(database_);
  const auto removed = change(writing.connection(), "DELETE FROM uploads WHERE id = :id", id);
  writing.commit();
  return removed == 1;
}

}  // namespace cloudbrain::store
