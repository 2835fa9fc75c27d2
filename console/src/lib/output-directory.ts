// Where a script writes its results, for hints. The server decides; these are the documented paths of
// the task layouts.
import type { Task } from '@/api/types';

export function outputDirectory(task: Pick<Task, 'cluster' | 'compute' | 'kind'>): string {
  if (task.compute === 'npu') return '/cache/output';
  if (task.cluster === 'c2net') return '/tmp/output';
  return task.kind === 'inference' ? '/result' : '/model';
}
