// Addresses of a task's pages.
import type { RouteLocationRaw } from 'vue-router';
import type { Task } from '@/api/types';
import { kindInPath } from './task-state';

export type TaskTab = 'overview' | 'log' | 'config' | 'results' | 'events';

export function taskRoute(
  task: Pick<Task, 'id' | 'project' | 'kind'>,
  tab?: TaskTab,
  hash = '',
): RouteLocationRaw {
  const [owner, project] = task.project.split('/');
  return {
    name: 'task',
    params: { owner, project, kind: kindInPath(task.kind), id: task.id, tab: tab ?? '' },
    hash,
  };
}

/** Address of an output file; each part of the path is escaped, the slashes stay. */
export function outputUrl(id: number, path: string): string {
  return `/api/v2/tasks/${id}/output/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** All results, or one folder of them, as a zip that is made while it is sent. */
export function outputZipUrl(id: number, folder: string): string {
  const query = folder === '' ? '' : `?${new URLSearchParams({ path: folder })}`;
  return `/api/v2/tasks/${id}/output.zip${query}`;
}
