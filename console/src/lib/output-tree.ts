// The results of a task come as one list of paths; people walk through folders.
import type { OutputEntry } from '@/api/types';

export interface FolderRow {
  name: string;
  path: string;
  dir: boolean;
  /** of a folder: the sum of what is in it */
  size: number;
  modifiedAt: string;
  /** of a folder: how many files are in it, at any depth */
  files: number;
}

/** What lies directly in a folder ("" is the root): folders first, then files, each by name. */
export function listFolder(entries: readonly OutputEntry[], folder: string): FolderRow[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const rows = new Map<string, FolderRow>();
  for (const entry of entries) {
    const path = entry.path.replace(/\/$/, '');
    if (!path.startsWith(prefix) || path === folder) continue;
    const rest = path.slice(prefix.length);
    const [name = ''] = rest.split('/');
    const inside = rest !== name;
    const dir = inside || entry.dir;
    const row = rows.get(name) ?? { name, path: prefix + name, dir, size: 0, modifiedAt: entry.modified_at, files: 0 };
    row.dir ||= dir;
    if (!entry.dir) {
      row.size += entry.size;
      row.files += 1;
    }
    if (entry.modified_at > row.modifiedAt) row.modifiedAt = entry.modified_at;
    rows.set(name, row);
  }
  return [...rows.values()].sort((a, b) => Number(b.dir) - Number(a.dir) || compareNames(a.name, b.name));
}

// epoch2 before epoch10.
const names = new Intl.Collator(undefined, { numeric: true });
function compareNames(a: string, b: string): number {
  return names.compare(a, b);
}

/** "a/b/c" -> the way there, for a line of links. */
export function folderTrail(folder: string): { name: string; path: string }[] {
  if (folder === '') return [];
  const parts = folder.split('/');
  return parts.map((name, i) => ({ name, path: parts.slice(0, i + 1).join('/') }));
}
