// The results of a task, folder by folder.
import type { OutputEntry } from '@/api/types';

export interface FolderRow {
  name: string;
  path: string;
  dir: boolean;
  size: number;
  modifiedAt: string;
}

// epoch2 before epoch10.
const names = new Intl.Collator(undefined, { numeric: true });

/** The entries of one folder as rows: folders first, each by name. */
export function folderRows(entries: readonly OutputEntry[]): FolderRow[] {
  const rows = entries.map(({ path, size, modified_at, dir }) => {
    return {
      name: path.slice(path.lastIndexOf('/') + 1),
      path,
      dir,
      size,
      modifiedAt: modified_at,
    };
  });
  return rows.sort((a, b) => Number(b.dir) - Number(a.dir) || names.compare(a.name, b.name));
}

/** "a/b/c" as the way there, for a line of links. */
export function folderTrail(folder: string): { name: string; path: string }[] {
  if (folder === '') return [];
  const parts = folder.split('/');
  return parts.map((name, i) => ({ name, path: parts.slice(0, i + 1).join('/') }));
}
