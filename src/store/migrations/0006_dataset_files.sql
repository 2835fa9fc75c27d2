-- A data set becomes a named set of files; each one that is there becomes a set of one file. folder is empty
-- for a plain file, which is not unpacked. entries: how many files the archive holds, once it is ready.
CREATE TABLE dataset_files (
  id @identity@,
  dataset_id BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  folder TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  state TEXT NOT NULL,
  progress INTEGER NOT NULL,
  failure_json TEXT,
  entries BIGINT,
  creator_id BIGINT NOT NULL REFERENCES users (id),
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX dataset_files_by_name ON dataset_files (dataset_id, name);
CREATE INDEX dataset_files_by_content ON dataset_files (sha256);
CREATE INDEX dataset_files_by_creator ON dataset_files (creator_id);
CREATE INDEX dataset_files_unfinished ON dataset_files (id) WHERE state IN ('waiting', 'unpacking');

-- What was a sentence gets a code and a next step, as reasons have them.
INSERT INTO dataset_files (dataset_id, name, folder, sha256, size_bytes, state, progress, failure_json, entries,
    creator_id, created_at)
  SELECT id, name, folder, sha256, size_bytes, state, progress,
    '{"code":"unpack_failed","message":' || failure_json || ',"next":{"en":"","zh":""}}',
    files, creator_id, created_at FROM datasets ORDER BY id;

-- Which data set a task's input came from: it may be renamed, and it may be another project's.
ALTER TABLE task_datasets ADD COLUMN dataset_id BIGINT REFERENCES datasets (id) ON DELETE SET NULL;
UPDATE task_datasets SET dataset_id = (
  SELECT d.id FROM datasets d JOIN tasks t ON t.id = task_datasets.task_id
  WHERE d.name = task_datasets.name AND d.sha256 = task_datasets.sha256
    AND (d.project_id = t.project_id OR EXISTS (
      SELECT 1 FROM dataset_links l WHERE l.dataset_id = d.id AND l.project_id = t.project_id))
  ORDER BY CASE WHEN d.project_id = t.project_id THEN 0 ELSE 1 END, d.id LIMIT 1);
CREATE INDEX task_datasets_by_dataset ON task_datasets (dataset_id, task_id) WHERE dataset_id IS NOT NULL;

DROP INDEX datasets_by_content;
DROP INDEX datasets_unfinished;
ALTER TABLE datasets DROP COLUMN folder;
ALTER TABLE datasets DROP COLUMN sha256;
ALTER TABLE datasets DROP COLUMN size_bytes;
ALTER TABLE datasets DROP COLUMN state;
ALTER TABLE datasets DROP COLUMN progress;
ALTER TABLE datasets DROP COLUMN failure_json;
ALTER TABLE datasets DROP COLUMN files;
ALTER TABLE datasets ADD COLUMN description TEXT NOT NULL DEFAULT '';
CREATE INDEX datasets_public ON datasets (id) WHERE is_public = 1;
