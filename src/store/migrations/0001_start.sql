-- Times are milliseconds since 1970 in UTC. Columns that hold JSON end in _json. Words of an enum are
-- stored as the API writes them.

CREATE TABLE users (
  id @identity@,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  is_admin SMALLINT NOT NULL,
  disabled SMALLINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_by_name ON users (lower(name));

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE tokens (
  id @identity@,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  scopes_json TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT
);
CREATE INDEX tokens_by_user ON tokens (user_id, id);

CREATE TABLE projects (
  id @identity@,
  owner_id BIGINT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  is_private SMALLINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX projects_by_name ON projects (owner_id, lower(name));
CREATE INDEX projects_of_owner ON projects (owner_id, id);
CREATE INDEX projects_by_privacy ON projects (is_private, id);

CREATE TABLE datasets (
  id @identity@,
  project_id BIGINT NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  folder TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  state TEXT NOT NULL,
  progress INTEGER NOT NULL,
  failure_json TEXT,
  files BIGINT,
  creator_id BIGINT NOT NULL REFERENCES users (id),
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX datasets_by_name ON datasets (project_id, name);
CREATE INDEX datasets_by_content ON datasets (sha256);
CREATE INDEX datasets_by_creator ON datasets (creator_id);
CREATE INDEX datasets_unfinished ON datasets (id) WHERE state IN ('waiting', 'unpacking');

-- kind and name repeat what request_json says, for the indexes.
CREATE TABLE tasks (
  id @identity@,
  project_id BIGINT NOT NULL REFERENCES projects (id),
  creator_id BIGINT NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  parent_id BIGINT REFERENCES tasks (id) ON DELETE SET NULL,
  request_json TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  inputs_json TEXT NOT NULL,
  state TEXT NOT NULL,
  reason_json TEXT,
  exit_code INTEGER,
  attempt INTEGER NOT NULL,
  handle TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ready_at BIGINT,
  started_at BIGINT,
  ended_at BIGINT
);
CREATE UNIQUE INDEX tasks_by_name ON tasks (project_id, kind, name, version);
CREATE INDEX tasks_by_parent ON tasks (parent_id) WHERE parent_id IS NOT NULL;
-- A list walks one of these backwards (task_list.cpp): by id alone, or for each kind and state asked for.
CREATE INDEX tasks_of_project ON tasks (project_id, id);
CREATE INDEX tasks_of_project_by_state ON tasks (project_id, kind, state, id);
CREATE INDEX tasks_of_creator ON tasks (creator_id, id);
CREATE INDEX tasks_of_creator_by_state ON tasks (creator_id, kind, state, id);
CREATE INDEX tasks_by_state ON tasks (kind, state, id);
-- Few rows of many: all that a restart, the queue and the removal of a data set look at.
CREATE INDEX tasks_live ON tasks (state, ready_at, id)
  WHERE state IN ('PREPARING', 'WAITING', 'RUNNING', 'STOPPING');

-- Which data sets a task was submitted with, for the questions "who uses this?".
CREATE TABLE task_datasets (
  task_id BIGINT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (task_id, name)
);
CREATE INDEX task_datasets_by_content ON task_datasets (sha256);

CREATE TABLE events (
  id @identity@,
  task_id BIGINT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  code TEXT NOT NULL,
  message_json TEXT NOT NULL,
  data_json TEXT NOT NULL
);
CREATE INDEX events_of_task ON events (task_id, id);
