// What the pages ask the server, with the keys under which the answers are kept. The language is part
// of a key where an answer has sentences in it, so that switching it asks again.
import { queryOptions, type QueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { language } from '@/i18n';
import { isLive } from '@/lib/task-state';
import { api, body } from './client';
import type { Task, TaskKind, TaskState } from './types';

type Value<T> = MaybeRefOrGetter<T>;

const LIVE_MS = 3000;
const QUIET_MS = 30_000;

export interface TaskFilter {
  kind: TaskKind;
  states: readonly TaskState[];
  text: string;
}

export const keys = {
  me: ['me'] as const,
  projects: ['projects'] as const,
  project: (owner: string, name: string) => ['project', owner, name] as const,
  tasks: ['tasks'] as const,
  task: (id: number) => ['task', id, language.value] as const,
};

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: () => body(api.GET('/api/v2/me')),
  staleTime: Infinity,
  retry: false,
});

export function projectsQuery() {
  return queryOptions({
    queryKey: keys.projects,
    queryFn: () =>
      body(api.GET('/api/v2/projects', { params: { query: { limit: '200', mine: 'true' } } })),
  });
}

export function projectQuery(owner: Value<string>, name: Value<string>) {
  return queryOptions({
    queryKey: computed(() => keys.project(toValue(owner), toValue(name))),
    queryFn: () =>
      body(api.GET('/api/v2/projects/{owner}/{name}', { params: { path: project(owner, name) } })),
    staleTime: 60_000,
    // An import ends without anybody here doing anything.
    refetchInterval: ({ state: { data } }) => (data?.state === 'importing' ? 2000 : false),
  });
}

export function myTasksQuery() {
  return queryOptions({
    queryKey: computed(() => [...keys.tasks, 'mine', language.value]),
    queryFn: () => body(api.GET('/api/v2/tasks', { params: { query: { limit: '8' } } })),
    refetchInterval: (query) =>
      query.state.data?.items.some((task) => isLive(task.state)) ? LIVE_MS : QUIET_MS,
  });
}

/** One page of a project's tasks; `after` is the cursor of the page before. */
export function fetchTasks(
  owner: string,
  name: string,
  filter: TaskFilter,
  after: string | undefined,
  limit: number,
) {
  const query = {
    kind: filter.kind,
    limit: String(limit),
    // The document says text; several states are given as several parameters, as a list becomes.
    ...(filter.states.length > 0 ? { state: filter.states as unknown as string } : {}),
    ...(filter.text !== '' ? { name: filter.text } : {}),
    ...(after !== undefined ? { after } : {}),
  };
  return body(
    api.GET('/api/v2/projects/{owner}/{name}/tasks', { params: { path: { owner, name }, query } }),
  );
}

export function clustersQuery() {
  return queryOptions({
    queryKey: computed(() => ['clusters', language.value]),
    queryFn: () => body(api.GET('/api/v2/clusters')),
    refetchInterval: 5000,
  });
}

export function specsQuery() {
  return queryOptions({
    queryKey: computed(() => ['specs', language.value]),
    queryFn: () => body(api.GET('/api/v2/specs')),
    staleTime: 60_000,
  });
}

export function taskQuery(id: Value<number>) {
  return queryOptions({
    queryKey: computed(() => keys.task(toValue(id))),
    queryFn: () =>
      body(api.GET('/api/v2/tasks/{id}', { params: { path: { id: String(toValue(id)) } } })),
    // The log stream tells state changes at once; this is for when it cannot be had.
    refetchInterval: (query) => (liveTask(query.state.data) ? 2 * LIVE_MS : false),
  });
}

export function explainQuery(id: Value<number>, wanted: Value<boolean>) {
  return queryOptions({
    queryKey: computed(() => [...keys.task(toValue(id)), 'explain']),
    queryFn: () =>
      body(
        api.GET('/api/v2/tasks/{id}/explain', { params: { path: { id: String(toValue(id)) } } }),
      ),
    enabled: () => toValue(wanted),
    refetchInterval: LIVE_MS,
  });
}

export function usageQuery(id: Value<number>, live: Value<boolean>) {
  return queryOptions({
    queryKey: computed(() => ['usage', toValue(id)]),
    queryFn: () =>
      body(api.GET('/api/v2/tasks/{id}/usage', { params: { path: { id: String(toValue(id)) } } })),
    refetchInterval: () => (toValue(live) ? LIVE_MS : false),
  });
}

export function eventsQuery(id: Value<number>) {
  return queryOptions({
    queryKey: computed(() => [...keys.task(toValue(id)), 'events']),
    queryFn: () =>
      body(api.GET('/api/v2/tasks/{id}/events', { params: { path: { id: String(toValue(id)) } } })),
  });
}

/** One folder of the results; "" is the root. */
export function outputQuery(id: Value<number>, folder: Value<string>, live: Value<boolean>) {
  return queryOptions({
    queryKey: computed(() => ['output', toValue(id), toValue(folder)]),
    queryFn: () => {
      const params = { path: { id: String(toValue(id)) }, query: { path: toValue(folder) } };
      return body(api.GET('/api/v2/tasks/{id}/output', { params }));
    },
    refetchInterval: () => (toValue(live) ? LIVE_MS : false),
  });
}

export function stopTask(id: number): Promise<Task> {
  return body(api.POST('/api/v2/tasks/{id}/stop', { params: { path: { id: String(id) } } }));
}

/** Puts a task that arrived by another way, such as the log stream, where the pages look for it. */
export function keepTask(client: QueryClient, task: Task): void {
  client.setQueryData(keys.task(task.id), task);
  void client.invalidateQueries({ queryKey: keys.tasks });
  void client.invalidateQueries({ queryKey: [...keys.task(task.id), 'events'] });
}

function project(owner: Value<string>, name: Value<string>) {
  return { owner: toValue(owner), name: toValue(name) };
}

function liveTask(task: Task | undefined): boolean {
  return task !== undefined && isLive(task.state);
}
