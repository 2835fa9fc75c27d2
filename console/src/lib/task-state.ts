// What the eight states of a task mean for the screen.
import type { TaskKind, TaskState } from '@/api/types';
import type { Key } from '@/i18n';

/** How a state looks; the eye is led to what runs, waits or failed. */
export type Look = 'run' | 'wait' | 'ok' | 'bad' | 'idle';

const LOOKS: Record<TaskState, Look> = {
  PREPARING: 'wait',
  WAITING: 'wait',
  RUNNING: 'run',
  STOPPING: 'idle',
  STOPPED: 'idle',
  SUCCEEDED: 'ok',
  FAILED: 'bad',
  CREATED_FAILED: 'bad',
};

const LIVE: readonly TaskState[] = ['PREPARING', 'WAITING', 'RUNNING', 'STOPPING'];

export function lookOf(state: TaskState): Look {
  return LOOKS[state];
}

/** It may still change by itself. */
export function isLive(state: TaskState): boolean {
  return LIVE.includes(state);
}

export function canStop(state: TaskState): boolean {
  return isLive(state) && state !== 'STOPPING';
}

/** The filters of the task list, and the states each stands for. */
export const STATE_FILTERS = {
  running: ['RUNNING', 'STOPPING'],
  waiting: ['PREPARING', 'WAITING'],
  succeeded: ['SUCCEEDED'],
  failed: ['FAILED', 'CREATED_FAILED'],
  stopped: ['STOPPED'],
} as const satisfies Record<string, readonly TaskState[]>;

export type StateFilter = keyof typeof STATE_FILTERS;

export function isStateFilter(text: unknown): text is StateFilter {
  return typeof text === 'string' && text in STATE_FILTERS;
}

export function filterLabel(filter: StateFilter): Key {
  return `list.filter.${filter}`;
}

/** The word in an address: /cloudbrain/train, /cloudbrain/infer. */
export function kindInPath(kind: TaskKind): string {
  return kind === 'train' ? 'train' : 'infer';
}

export function kindOfPath(part: string): TaskKind {
  return part === 'infer' ? 'inference' : 'train';
}
