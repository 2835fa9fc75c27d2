// What the form of a new task asks, and its submission.
import { queryOptions } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { language } from '@/i18n';
import { api, body, fetchJson } from './client';
import type { ProjectPlace } from './datasets';
import { fetchTasks } from './queries';
import type { components } from './schema';
import type { Differences } from './shapes';
import type { Task, TaskKind } from './types';

type Value<T> = MaybeRefOrGetter<T>;
export type TaskRequest = components['schemas']['TaskRequest'];
export type BootParam = components['schemas']['BootParamView'];

/** What the machine of a cluster has of each spec now. */
export function clusterSpecsQuery(cluster: Value<string>) {
  return queryOptions({
    queryKey: computed(() => ['specs', language.value, toValue(cluster)]),
    queryFn: async () =>
      (await body(api.GET('/api/v2/specs', { params: { query: { cluster: toValue(cluster) } } })))
        .items,
    enabled: () => toValue(cluster) !== '',
    refetchInterval: 10_000,
  });
}

/** The parameters that a script reads, told from its source. */
export function bootParamsQuery(place: Value<ProjectPlace & { ref: string; path: string }>) {
  return queryOptions({
    queryKey: computed(() => {
      const { owner, project, ref, path } = toValue(place);
      return ['boot-params', owner, project, ref, path];
    }),
    queryFn: () => {
      const { owner, project, ref, path } = toValue(place);
      const params = { path: { owner, name: project }, query: { ref, path } };
      return body(api.GET('/api/v2/projects/{owner}/{name}/boot-file/params', { params }));
    },
    enabled: () => toValue(place).ref !== '' && toValue(place).path.endsWith('.py'),
    retry: false,
    staleTime: 30_000,
  });
}

/** Whether the project has a task of this kind and name already. */
export function nameTakenQuery(
  place: Value<ProjectPlace>,
  kind: Value<TaskKind>,
  name: Value<string>,
) {
  return queryOptions({
    queryKey: computed(() => [
      'name-taken',
      toValue(place).owner,
      toValue(place).project,
      toValue(kind),
      toValue(name),
    ]),
    queryFn: async () => {
      const { owner, project } = toValue(place);
      const filter = { kind: toValue(kind), states: [], text: toValue(name) };
      const found = await fetchTasks(owner, project, filter, undefined, 50);
      return found.items.some(({ task }) => task.name === toValue(name));
    },
    enabled: () => toValue(name) !== '',
  });
}

export function submitTask({ owner, project }: ProjectPlace, request: TaskRequest): Promise<Task> {
  return body(
    api.POST('/api/v2/projects/{owner}/{name}/tasks', {
      params: { path: { owner, name: project } },
      body: request,
    }),
  );
}

/** A new version of a task. */
export function modifyTask(id: number, request: TaskRequest): Promise<Task> {
  return body(
    api.POST('/api/v2/tasks/{id}/modify', {
      params: { path: { id: String(id) } },
      body: request,
    }),
  );
}

export function differencesQuery(id: Value<number>, wanted: Value<boolean>) {
  return queryOptions({
    queryKey: computed(() => ['differences', toValue(id)]),
    queryFn: () => fetchJson<Differences>(`/tasks/${toValue(id)}/differences`),
    enabled: () => toValue(wanted),
    staleTime: Infinity,
  });
}
