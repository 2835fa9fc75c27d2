-- digest is empty until the image was fetched for the first time; from then on it is what tasks get.
CREATE TABLE images (
  id @identity@,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  tags_json TEXT NOT NULL,
  reference TEXT NOT NULL,
  digest TEXT NOT NULL,
  from_archive SMALLINT NOT NULL,
  recommended SMALLINT NOT NULL,
  computes_json TEXT NOT NULL,
  clusters_json TEXT NOT NULL,
  engines_json TEXT NOT NULL,
  failure_json TEXT,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX images_by_name ON images (lower(name));

-- How to speak to a registry: for the platform where project_id is NULL, else for one project.
CREATE TABLE registries (
  id @identity@,
  project_id BIGINT REFERENCES projects (id) ON DELETE CASCADE,
  registry TEXT NOT NULL,
  user_name TEXT NOT NULL,
  password TEXT NOT NULL,
  plain_http SMALLINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX registries_by_name ON registries (coalesce(project_id, 0), registry);
