-- What the administrator added to the specs of the machine or the file. No value: one of theirs
-- that was withdrawn.
CREATE TABLE specs (
  name TEXT PRIMARY KEY,
  value_json TEXT,
  changed_at BIGINT NOT NULL
);
