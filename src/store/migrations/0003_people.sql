-- quota_json: NULL for the platform's default.
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN last_seen_at BIGINT;
ALTER TABLE users ADD COLUMN quota_json TEXT;

-- An invitation without uses left stays in the list until it is deleted.
CREATE TABLE invitations (
  id @identity@,
  code_hash TEXT NOT NULL UNIQUE,
  note TEXT NOT NULL,
  uses_left INTEGER NOT NULL,
  creator_id BIGINT NOT NULL REFERENCES users (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT
);
CREATE INDEX invitations_by_creator ON invitations (creator_id);

-- One row. What is absent from its JSON has its default.
CREATE TABLE settings (
  id SMALLINT PRIMARY KEY CHECK (id = 1),
  value_json TEXT NOT NULL
);
