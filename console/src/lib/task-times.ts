// How long a task has run or waited.
import type { Task } from '@/api/types';

/** Milliseconds from start to end, or to now while it runs; undefined before the start. */
export function runTime(task: Task, now: number): number | undefined {
  if (task.started_at == null) return undefined;
  const end = task.ended_at == null ? now : Date.parse(task.ended_at);
  return Math.max(0, end - Date.parse(task.started_at));
}

/** Milliseconds from the submit to the start, or to the end of one that never started, or to now. */
export function waitTime(task: Task, now: number): number {
  const until = task.started_at ?? task.ended_at;
  return Math.max(0, (until == null ? now : Date.parse(until)) - Date.parse(task.created_at));
}
