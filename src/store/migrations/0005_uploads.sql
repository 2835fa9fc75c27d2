-- Uploads that are not finished, and for a while what became of those that are. How far one has come
-- is its file's size (blobs/uploads/upload_files.h).
-- project_id is empty for a part that names no project.
-- unverified_from: bytes from there on may have to go again, their checksum has not been compared.
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  creator_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  project_id BIGINT REFERENCES projects (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  target_json TEXT NOT NULL,
  metadata TEXT NOT NULL,
  concat TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  state TEXT NOT NULL,
  failure_json TEXT,
  unverified_from BIGINT,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX uploads_of_creator ON uploads (creator_id, created_at);
CREATE INDEX uploads_of_project ON uploads (project_id);
