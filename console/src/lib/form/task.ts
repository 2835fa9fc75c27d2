// The form of a new task as plain data: its rules, and what it becomes when it is submitted.
import type { TaskRequest } from '@/api/submit';
import type { Task, TaskKind } from '@/api/types';

export interface TaskForm {
  cluster: string;
  compute: string;
  name: string;
  description: string;
  branch: string;
  bootFile: string;
  image: string;
  engine: string;
  /** an NPU task may name an image instead of an AI engine */
  byImage: boolean;
  model: { name: string; version: string; file: string };
  datasets: string[];
  params: { name: string; value: string }[];
  spec: string;
  /** hours; empty for the usual limit */
  hours: string;
}

export const NAME_MAX = 36;
export const DESCRIPTION_MAX = 255;
/** How long a task may run that does not say it (src/domain/task.h). */
export const USUAL_RUNTIME_S = 86_400;
const YEAR_S = 365 * 86_400;

export function emptyForm(): TaskForm {
  return {
    cluster: '',
    compute: '',
    name: '',
    description: '',
    branch: '',
    bootFile: '',
    image: 'host',
    engine: '',
    byImage: false,
    model: { name: '', version: '', file: '' },
    datasets: [],
    params: [],
    spec: '',
    hours: '',
  };
}

/** Characters, not UTF-16 units: as the server counts. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** The documented rule of task names. */
export function isTaskName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]*$/.test(name) && !name.endsWith('_') && name.length <= NAME_MAX;
}

/** A valid name to begin with: the project's, and the day and minute. */
export function suggestName(project: string, at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const time = `${two(at.getMonth() + 1)}${two(at.getDate())}-${two(at.getHours())}${two(at.getMinutes())}`;
  const base = project
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, NAME_MAX - time.length - 1)
    .replace(/[_-]+$/, '');
  return base === '' ? `task-${time}` : `${base}-${time}`;
}

export function formOf(task: Task): TaskForm {
  const { model } = task;
  return {
    cluster: task.cluster,
    compute: task.compute,
    name: task.name,
    description: task.description,
    branch: task.branch,
    bootFile: task.boot_file,
    image: task.image,
    engine: task.engine ?? '',
    byImage: task.compute === 'npu' && task.engine == null,
    model: { name: model?.name ?? '', version: model?.version ?? '', file: model?.file ?? '' },
    datasets: [...task.datasets],
    params: task.params.map(({ name = '', value = '' }) => ({ name, value })),
    spec: task.spec,
    hours: task.max_runtime_s > 0 ? String(task.max_runtime_s / 3600) : '',
  };
}

/** The form asks for an AI engine in the place of an image. */
export function usesEngine({ compute, byImage }: TaskForm): boolean {
  return compute === 'npu' && !byImage;
}

/** The longest time limit on a cluster, which may set none. */
export function longestRuntime(clusterMost = 0): number {
  return clusterMost > 0 ? Math.min(clusterMost, YEAR_S) : YEAR_S;
}

/** The time limit in seconds; undefined leaves it to the server. */
function runtimeOf(hours: string, clusterMost: number): number | undefined {
  if (Number(hours) > 0) return Math.round(Number(hours) * 3600);
  // The server's own default would be refused where the cluster allows less.
  return longestRuntime(clusterMost) < USUAL_RUNTIME_S ? clusterMost : undefined;
}

/** `clusterMost`: the cluster's longest time limit in seconds, 0 for none */
export function requestOf(form: TaskForm, kind: TaskKind, clusterMost = 0): TaskRequest {
  const runtime = runtimeOf(form.hours, clusterMost);
  const { name, version, file } = form.model;
  return {
    kind,
    cluster: form.cluster,
    compute: form.compute,
    name: form.name.trim(),
    description: form.description.trim(),
    branch: form.branch,
    boot_file: form.bootFile,
    image: form.image,
    ...(usesEngine(form) && form.engine !== '' ? { engine: form.engine } : {}),
    ...(name === '' ? {} : { model: { name, version, file } }),
    datasets: form.datasets,
    params: form.params
      .filter((param) => param.name.trim() !== '')
      .map((param) => ({ name: param.name.trim(), value: param.value })),
    spec: form.spec,
    ...(runtime === undefined ? {} : { max_runtime_s: runtime }),
  };
}

/** "--a=1 --b 2 --flag" as parameters. Quotes are a shell's; what is no option is left out. */
export function parseParams(text: string): { name: string; value: string }[] {
  const words = (text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []).map((word) =>
    word.replace(
      /"([^"]*)"|'([^']*)'/g,
      (_, double?: string, single?: string) => double ?? single ?? '',
    ),
  );
  const params: { name: string; value: string }[] = [];
  words.forEach((word, i) => {
    const option = /^--?([A-Za-z_][\w.-]*)(?:=([\s\S]*))?$/.exec(word);
    if (option === null) {
      const last = params.at(-1);
      // The value of an option may be a word of its own.
      if (
        last !== undefined &&
        last.value === '' &&
        /^--?[A-Za-z_][\w.-]*$/.test(words[i - 1] ?? '')
      )
        last.value = word;
      return;
    }
    params.push({ name: option[1] ?? '', value: option[2] ?? '' });
  });
  return params;
}

/** Fields of the request that differ, by the names that the server uses for them. */
export function changedFields(before: TaskRequest, after: TaskRequest): Set<string> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof TaskRequest>;
  return new Set(
    [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])),
  );
}
