// The command that a task runs, as it would be typed.
import type { Task } from '@/api/types';

/** One argument for a shell: quoted only where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Parameters in the order of the form, one entry each; what the platform adds is not shown. */
export function launchCommand(task: Pick<Task, 'boot_file' | 'params'>): string {
  const parts = task.params.map(({ name, value }) => shellWord(`--${name}=${value}`));
  return [`python ${shellWord(task.boot_file)}`, ...parts].join(' \\\n  ');
}
