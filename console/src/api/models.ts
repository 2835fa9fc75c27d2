// Models of a project, their versions, and where these came from.
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { language } from '@/i18n';
import { encodePath } from '@/lib/code/encode-path';
import { fetchJson } from './client';
import type { ProjectPlace } from './datasets';
import { keys } from './queries';
import type { Model, ModelVersion, ModelVersionRow, Page } from './shapes';

type Value<T> = MaybeRefOrGetter<T>;

export interface ModelPlace extends ProjectPlace {
  model: string;
}
export interface VersionPlace extends ModelPlace {
  version: string;
}

const BUSY_MS = 1500;
const PAGE = 50;

const root = ({ owner, project }: ProjectPlace) => `/projects/${encodePath(`${owner}/${project}`)}`;
const at = (place: ModelPlace) => `${root(place)}/models/${encodeURIComponent(place.model)}`;
const versionAt = (place: VersionPlace) =>
  `${at(place)}/versions/${encodeURIComponent(place.version)}`;
const key = ({ owner, project }: ProjectPlace) => [...keys.project(owner, project), 'models'];

function pageQuery(search: string, after: string | undefined): URLSearchParams {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (search !== '') query.set('search', search);
  if (after !== undefined) query.set('after', after);
  return query;
}

export function modelsQuery(place: Value<ProjectPlace>, search: Value<string> = '') {
  return infiniteQueryOptions({
    queryKey: computed(() => [...key(toValue(place)), 'list', toValue(search)]),
    queryFn: ({ pageParam }) =>
      fetchJson<Page<Model>>(
        `${root(toValue(place))}/models?${pageQuery(toValue(search), pageParam)}`,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

/** Public models of public projects. */
export function publicModelsQuery(search: Value<string>) {
  return infiniteQueryOptions({
    queryKey: computed(() => ['public-models', toValue(search)]),
    queryFn: ({ pageParam }) =>
      fetchJson<Page<Model>>(`/models?${pageQuery(toValue(search), pageParam)}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function modelQuery(place: Value<ModelPlace>) {
  return queryOptions({
    queryKey: computed(() => [...key(toValue(place)), toValue(place).model]),
    queryFn: () => fetchJson<Model>(at(toValue(place))),
  });
}

export function versionsQuery(place: Value<ModelPlace>) {
  return infiniteQueryOptions({
    queryKey: computed(() => [...key(toValue(place)), toValue(place).model, 'versions']),
    queryFn: ({ pageParam }) =>
      fetchJson<Page<ModelVersionRow>>(
        `${at(toValue(place))}/versions?${pageQuery('', pageParam)}`,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: () => toValue(place).model !== '',
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.items.some(({ state }) => state === 'importing'))
        ? BUSY_MS
        : false,
  });
}

export function versionQuery(place: Value<VersionPlace>) {
  return queryOptions({
    queryKey: computed(() => {
      const { model, version } = toValue(place);
      return [...key(toValue(place)), model, 'version', version, language.value];
    }),
    queryFn: () => fetchJson<ModelVersion>(versionAt(toValue(place))),
    enabled: () => toValue(place).version !== '',
    refetchInterval: ({ state: { data } }) => (data?.state === 'importing' ? BUSY_MS : false),
  });
}

export interface ModelFields {
  name: string;
  description: string;
  framework: string;
  public: boolean;
}
export interface VersionFields {
  notes: string;
  metrics: Record<string, number>;
}

export function createModel(place: ProjectPlace, fields: ModelFields): Promise<Model> {
  return fetchJson(`${root(place)}/models`, 'POST', fields);
}

export function changeModel(place: ModelPlace, change: Partial<ModelFields>): Promise<Model> {
  return fetchJson(at(place), 'PATCH', change);
}

export function deleteModel(place: ModelPlace): Promise<void> {
  return fetchJson(at(place), 'DELETE');
}

/** From the results of a task that has ended; without paths, from all of them. */
export function importVersion(
  place: ModelPlace,
  source: VersionFields & { task: number; paths?: string[] },
): Promise<ModelVersion> {
  return fetchJson(`${at(place)}/versions`, 'POST', source);
}

/** An empty version, for uploads. */
export function createVersion(place: ModelPlace, fields: VersionFields): Promise<ModelVersion> {
  return fetchJson(`${at(place)}/versions`, 'POST', fields);
}

export function changeVersion(place: VersionPlace, change: VersionFields): Promise<ModelVersion> {
  return fetchJson(versionAt(place), 'PATCH', change);
}

export function deleteVersion(place: VersionPlace): Promise<void> {
  return fetchJson(versionAt(place), 'DELETE');
}

export function modelFileUrl(place: VersionPlace, path: string): string {
  return `/api/v2${versionAt(place)}/files/${encodePath(path)}`;
}

export function modelZipUrl(place: VersionPlace): string {
  return `/api/v2${versionAt(place)}/archive.zip`;
}

export function forgetModels(client: QueryClient, place: ProjectPlace): Promise<void> {
  return client.invalidateQueries({ queryKey: key(place) });
}
