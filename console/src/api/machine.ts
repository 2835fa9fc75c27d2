// What an administrator sees and says of the machine: accelerators, specs, the queue.
import { queryOptions } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { language } from '@/i18n';
import { api, body } from './client';
import type { Cluster, Device, Spec, SpecBody, Task } from './types';

const LIVE_MS = 3000;

export const machineKeys = {
  specs: ['specs'] as const,
  queue: ['queue'] as const,
};

/** Clusters on one engine share its machine: the first of each stands for it. */
export function machinesOf(clusters: readonly Cluster[]): Cluster[] {
  const seen = new Set<string>();
  return clusters.filter(({ engine }) => !seen.has(engine) && seen.add(engine));
}

/** The accelerators of several machines, each asked for by one of its clusters. */
export function devicesQuery(clusters: MaybeRefOrGetter<readonly string[]>) {
  return queryOptions({
    queryKey: computed(() => ['accelerators', language.value, ...toValue(clusters)]),
    queryFn: async (): Promise<Device[]> => {
      const lists = await Promise.all(
        toValue(clusters).map((cluster) =>
          body(api.GET('/api/v2/accelerators', { params: { query: { cluster } } })),
        ),
      );
      return lists.flatMap(({ items }) => items);
    },
    enabled: () => toValue(clusters).length > 0,
    refetchInterval: LIVE_MS,
  });
}

/** Makes the spec, or replaces the one of that name. */
export function putSpec(spec: string, fields: SpecBody): Promise<Spec> {
  return body(api.PUT('/api/v2/specs/{spec}', { params: { path: { spec } }, body: fields }));
}

export function deleteSpec(spec: string): Promise<unknown> {
  return body(api.DELETE('/api/v2/specs/{spec}', { params: { path: { spec } } }));
}

export function queueQuery() {
  return queryOptions({
    queryKey: computed(() => [...machineKeys.queue, language.value]),
    queryFn: () => body(api.GET('/api/v2/queue')),
    refetchInterval: LIVE_MS,
  });
}

export function setPriority(id: number, priority: number): Promise<Task> {
  const path = { id: String(id) };
  return body(api.PUT('/api/v2/tasks/{id}/priority', { params: { path }, body: { priority } }));
}
