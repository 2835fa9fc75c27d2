// Data sets, models and uploads as the API has them, with the few words that a state may be.
import type { components } from './schema';

type Schemas = components['schemas'];
type With<T, Changes> = Omit<T, keyof Changes> & Changes;

export interface Page<T> {
  items: T[];
  next?: string | null;
}

export type FileState = 'waiting' | 'unpacking' | 'ready' | 'failed';
export type VersionState = 'importing' | 'ready' | 'failed';

export type DatasetFile = With<
  Schemas['DatasetFileView'],
  { kind: 'archive' | 'plain'; state: FileState }
>;
export type Dataset = With<Schemas['DatasetView'], { state: FileState; files: DatasetFile[] }>;
export type PublicDataset = Schemas['PublicDatasetView'];
export type DatasetTree = Schemas['DatasetTreeView'];
export type DatasetUses = With<
  Schemas['DatasetUsesView'],
  { tasks: With<Schemas['DatasetTaskView'], { state: Schemas['TaskView']['state'] }>[] }
>;

export type Model = Schemas['ModelView'];
export type ModelVersionRow = With<
  Schemas['ModelVersionRowView'],
  { state: VersionState; metrics: Record<string, number> }
>;
export type ModelVersion = With<
  Schemas['ModelVersionView'],
  { state: VersionState; metrics: Record<string, number> }
>;

export type Upload = With<Schemas['UploadView'], { state: 'open' | 'done' | 'failed' }>;
export type Differences = Schemas['DifferencesView'];
