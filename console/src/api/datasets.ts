// Data sets: named sets of files of a project, and what is unpacked of them.
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { language } from '@/i18n';
import { encodePath } from '@/lib/code/encode-path';
import { fetchJson, fetchRaw } from './client';
import { keys } from './queries';
import type { Dataset, DatasetTree, DatasetUses, Page, PublicDataset } from './shapes';

type Value<T> = MaybeRefOrGetter<T>;

export interface ProjectPlace {
  owner: string;
  project: string;
}
export interface DatasetPlace extends ProjectPlace {
  dataset: string;
}
export interface DatasetFilePlace extends DatasetPlace {
  file: string;
  /** within the unpacked tree; "" is its root */
  path: string;
}

const BUSY_MS = 1500;
const PAGE = 30;
const TREE_PAGE = 500;

const root = ({ owner, project }: ProjectPlace) => `/projects/${encodePath(`${owner}/${project}`)}`;
const at = (place: DatasetPlace) => `${root(place)}/datasets/${encodeURIComponent(place.dataset)}`;
const fileAt = (place: Omit<DatasetFilePlace, 'path'>) =>
  `${at(place)}/files/${encodeURIComponent(place.file)}`;
const key = ({ owner, project }: ProjectPlace) => [...keys.project(owner, project), 'datasets'];

const busy = (dataset: Dataset) =>
  dataset.files.some(({ state }) => state === 'waiting' || state === 'unpacking');

export function datasetsQuery(place: Value<ProjectPlace>) {
  return queryOptions({
    queryKey: computed(() => [...key(toValue(place)), language.value]),
    queryFn: async () =>
      (await fetchJson<{ items: Dataset[] }>(`${root(toValue(place))}/datasets`)).items,
    refetchInterval: ({ state: { data } }) => (data?.some(busy) ? BUSY_MS : false),
  });
}

/** Public data sets of public projects. */
export function publicDatasetsQuery(search: Value<string>) {
  return infiniteQueryOptions({
    queryKey: computed(() => ['public-datasets', toValue(search)]),
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ limit: String(PAGE) });
      if (toValue(search) !== '') query.set('search', toValue(search));
      if (pageParam !== undefined) query.set('after', pageParam);
      return fetchJson<Page<PublicDataset>>(`/datasets?${query}`);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function datasetUsesQuery(place: Value<DatasetPlace>) {
  return queryOptions({
    queryKey: computed(() => [...key(toValue(place)), toValue(place).dataset, 'uses']),
    queryFn: () => fetchJson<DatasetUses>(`${at(toValue(place))}/uses`),
  });
}

/** One folder of an unpacked file, a page at a time. */
export function datasetTreeQuery(place: Value<DatasetFilePlace>, wanted: Value<boolean>) {
  return infiniteQueryOptions({
    queryKey: computed(() => {
      const { dataset, file, path } = toValue(place);
      return [...key(toValue(place)), dataset, 'tree', file, path];
    }),
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ limit: String(TREE_PAGE) });
      if (pageParam !== undefined) query.set('after', pageParam);
      const now = toValue(place);
      return fetchJson<DatasetTree>(`${fileAt(now)}/tree/${encodePath(now.path)}?${query}`);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: () => toValue(wanted),
    staleTime: Infinity,
  });
}

/** A file of the unpacked tree. The server never calls it a page, whatever is in it. */
export function contentUrl(place: DatasetFilePlace): string {
  return `/api/v2${fileAt(place)}/content/${encodePath(place.path)}`;
}

export function originalUrl(place: Omit<DatasetFilePlace, 'path'>): string {
  return `/api/v2${fileAt(place)}`;
}

/** The first bytes of a file, for a look at it. */
export async function readStart(url: string, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchRaw(url, { headers: { Range: `bytes=0-${bytes - 1}` } });
  return new Uint8Array(await response.arrayBuffer());
}

export interface DatasetFields {
  name: string;
  description: string;
  public: boolean;
}

export function createDataset(place: ProjectPlace, fields: DatasetFields): Promise<Dataset> {
  return fetchJson(`${root(place)}/datasets`, 'POST', fields);
}

export function changeDataset(
  place: DatasetPlace,
  change: Partial<DatasetFields>,
): Promise<Dataset> {
  return fetchJson(at(place), 'PATCH', change);
}

export function deleteDataset(place: DatasetPlace): Promise<void> {
  return fetchJson(at(place), 'DELETE');
}

export function deleteDatasetFile(place: DatasetPlace, file: string): Promise<void> {
  return fetchJson(fileAt({ ...place, file }), 'DELETE');
}

/** Tries a file again that could not be unpacked. */
export function unpackAgain(place: DatasetPlace, file: string): Promise<unknown> {
  return fetchJson(`${fileAt({ ...place, file })}/unpack`, 'POST');
}

export function linkDataset(place: ProjectPlace, dataset: { project: string; name: string }) {
  return fetchJson<Dataset>(`${root(place)}/dataset-links`, 'POST', dataset);
}

export function unlinkDataset(place: ProjectPlace, id: number): Promise<void> {
  return fetchJson(`${root(place)}/dataset-links/${id}`, 'DELETE');
}

export function forgetDatasets(client: QueryClient, place: ProjectPlace): Promise<void> {
  return client.invalidateQueries({ queryKey: key(place) });
}
