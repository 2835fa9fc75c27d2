-- Of a task in the queue, set by the administrator.
ALTER TABLE tasks ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
