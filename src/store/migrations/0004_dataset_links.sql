-- A public data set may be used in other projects. It is one while its own project is public too.
ALTER TABLE datasets ADD COLUMN is_public SMALLINT NOT NULL DEFAULT 0;

CREATE TABLE dataset_links (
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  dataset_id BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, dataset_id)
);
CREATE INDEX dataset_links_of_dataset ON dataset_links (dataset_id);
