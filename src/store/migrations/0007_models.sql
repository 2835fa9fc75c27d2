-- last_version: numbers are given once, so that a task's "V0002" never comes to mean other bytes.
CREATE TABLE models (
  id @identity@,
  project_id BIGINT NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  framework TEXT NOT NULL,
  is_public SMALLINT NOT NULL,
  creator_id BIGINT NOT NULL REFERENCES users (id),
  created_at BIGINT NOT NULL,
  last_version INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX models_by_name ON models (project_id, lower(name));
CREATE INDEX models_of_project ON models (project_id, id);
CREATE INDEX models_public ON models (id) WHERE is_public = 1;
CREATE INDEX models_by_creator ON models (creator_id);

-- task_id leads to the task while it is there; what it was stands in lineage_json for good.
CREATE TABLE model_versions (
  id @identity@,
  model_id BIGINT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  failure_json TEXT,
  notes TEXT NOT NULL,
  metrics_json TEXT NOT NULL,
  task_id BIGINT REFERENCES tasks (id) ON DELETE SET NULL,
  lineage_json TEXT NOT NULL,
  creator_id BIGINT NOT NULL REFERENCES users (id),
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX model_versions_by_number ON model_versions (model_id, number);
CREATE INDEX model_versions_by_task ON model_versions (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX model_versions_importing ON model_versions (id) WHERE state = 'importing';
CREATE INDEX model_versions_by_creator ON model_versions (creator_id);

-- sha256 is empty until the bytes were hashed.
CREATE TABLE model_files (
  version_id BIGINT NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (version_id, path)
);
CREATE INDEX model_files_by_content ON model_files (sha256);

-- Which version a task was submitted with.
CREATE TABLE task_models (
  task_id BIGINT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
  version_id BIGINT NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE
);
CREATE INDEX task_models_by_version ON task_models (version_id);
