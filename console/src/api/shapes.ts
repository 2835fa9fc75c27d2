// Bodies of the API whose routes the OpenAPI document does not have yet. `npm run api` replaces them.
import type { TaskKind, TaskState, Task } from './types';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type FileState = 'waiting' | 'unpacking' | 'ready' | 'failed';

export interface DatasetFile {
  name: string;
  /** where its content lies in a task; empty for a plain file */
  folder: string;
  kind: 'archive' | 'plain';
  size: number;
  sha256: string;
  state: FileState;
  /** percent, while it is unpacked */
  progress: number;
  failure?: string | null;
  /** what to do about the failure */
  next?: string | null;
  /** number of files in it */
  entries: number;
  created_at: string;
}

export interface Dataset {
  id: number;
  name: string;
  description: string;
  public: boolean;
  /** it belongs to another project */
  linked: boolean;
  /** "owner/name" that it belongs to */
  project: string;
  created_at: string;
  created_by: string;
  size: number;
  state: FileState;
  files: DatasetFile[];
}

export interface PublicDataset extends Omit<Dataset, 'files' | 'linked'> {
  uses: { projects: number; tasks: number };
}

export interface FolderEntry {
  path: string;
  name: string;
  dir: boolean;
  size: number;
  modified_at?: string | null;
}

export interface DatasetUses {
  projects: string[];
  tasks: { id: number; name: string; version: string; state: TaskState; project: string }[];
  /** how many more that the reader may not see */
  hidden: number;
}

export interface Model {
  id: number;
  name: string;
  project: string;
  description: string;
  framework: string;
  public: boolean;
  created_at: string;
  created_by: string;
  versions: number;
  latest?: string | null;
}

interface ModelTask {
  /** absent when it was deleted */
  id?: number | null;
  name: string;
  version: string;
  kind: TaskKind;
}

export interface ModelVersionRow {
  id: number;
  version: string;
  state: 'importing' | 'ready' | 'failed';
  failure?: string | null;
  size: number;
  notes: string;
  metrics: Record<string, number>;
  created_at: string;
  created_by: string;
  task?: ModelTask | null;
}

export interface ModelVersion extends Omit<ModelVersionRow, 'task'> {
  files: { path: string; size: number; sha256: string }[];
  lineage: {
    task?: ModelTask | null;
    commit?: string | null;
    branch?: string | null;
    boot_file?: string | null;
    datasets: { name: string; sha256: string }[];
    params: { name: string; value: string }[];
    parent_model?: { name: string; version: string; file: string } | null;
  };
  used_by: { id: number; name: string; version: string; kind: TaskKind; state: TaskState }[];
}

export interface Upload {
  id: string;
  project: string;
  dataset: string;
  model: string;
  version: string;
  file: string;
  size: number;
  offset: number;
  state: 'open' | 'done' | 'failed';
  failure?: string | null;
  expires_at: string;
}

export interface Differences {
  parent?: { id: number; version: string } | null;
  fields: { field: string; before?: string | null; after?: string | null }[];
  commit?: { before: string; after: string } | null;
}

/** A task with the versions of models that were made from it. */
export type TaskWithModels = Task & { models?: { model: string; version: string }[] };
