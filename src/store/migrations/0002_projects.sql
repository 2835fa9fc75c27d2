-- Who works on a project besides its owner. role: reader, writer, owner.
CREATE TABLE project_members (
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_members_by_user ON project_members (user_id, project_id);

-- Names that a project had before, so that old addresses still lead to it.
CREATE TABLE project_names (
  owner_name TEXT NOT NULL,
  name TEXT NOT NULL,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX project_names_by_name ON project_names (lower(owner_name), lower(name));
CREATE INDEX project_names_of_project ON project_names (project_id);

-- state: ready, importing, import_failed. origin: where its code came from (a URL, an example, a fork).
ALTER TABLE projects ADD COLUMN state TEXT NOT NULL DEFAULT 'ready';
ALTER TABLE projects ADD COLUMN failure_json TEXT;
ALTER TABLE projects ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN fork_of BIGINT REFERENCES projects (id) ON DELETE SET NULL;
CREATE INDEX projects_by_fork ON projects (fork_of) WHERE fork_of IS NOT NULL;
CREATE INDEX projects_unready ON projects (id) WHERE state <> 'ready';
