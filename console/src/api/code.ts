// A project's code. A branch moves, so what it names is asked again; a commit is what it is for ever.
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { language } from '@/i18n';
import { encodePath } from '@/lib/code/encode-path';
import { api, body } from './client';
import { keys } from './queries';
import type { NewCommit } from './types';

export interface CodePlace {
  owner: string;
  project: string;
  /** a branch, or a commit of 40 hex digits */
  ref: string;
  /** "" is the root */
  path: string;
}

type Place = MaybeRefOrGetter<CodePlace>;
type Repository = Pick<CodePlace, 'owner' | 'project'>;

const HISTORY_PAGE = 30;

const params = ({ owner, project }: Repository) => ({ owner, name: project });
const key = ({ owner, project }: Repository) => [...keys.project(owner, project), 'code'];
const freshFor = (ref: string) => (isCommit(ref) ? Infinity : 2000);

export function isCommit(ref: string): boolean {
  return /^[0-9a-f]{40}$/.test(ref);
}

export function branchesQuery(repository: MaybeRefOrGetter<Repository>) {
  return queryOptions({
    queryKey: computed(() => [...key(toValue(repository)), 'branches']),
    queryFn: async () => {
      const path = params(toValue(repository));
      const list = await body(
        api.GET('/api/v2/projects/{owner}/{name}/branches', { params: { path } }),
      );
      return list.items;
    },
  });
}

export function treeQuery(place: Place) {
  return queryOptions({
    queryKey: computed(() => {
      const now = toValue(place);
      return [...key(now), 'tree', now.ref, now.path];
    }),
    queryFn: () => {
      const { ref, path, ...rest } = toValue(place);
      return body(
        api.GET('/api/v2/projects/{owner}/{name}/tree/{ref}/{path}', {
          params: { path: { ...params(rest), ref, path } },
        }),
      );
    },
    enabled: () => toValue(place).ref !== '',
    staleTime: () => freshFor(toValue(place).ref),
  });
}

export function fileQuery(place: Place) {
  return queryOptions({
    queryKey: computed(() => {
      const now = toValue(place);
      return [...key(now), 'file', now.ref, now.path];
    }),
    queryFn: () => {
      const { ref, path, ...rest } = toValue(place);
      return body(
        api.GET('/api/v2/projects/{owner}/{name}/file/{ref}/{path}', {
          params: { path: { ...params(rest), ref, path } },
        }),
      );
    },
    enabled: () => toValue(place).ref !== '' && toValue(place).path !== '',
    staleTime: () => freshFor(toValue(place).ref),
  });
}

/** The README at the root, in the language of the console where there is one; null without any. */
export function readmeQuery(place: Place) {
  return queryOptions({
    queryKey: computed(() => {
      const now = toValue(place);
      return [...key(now), 'readme', now.ref, language.value];
    }),
    queryFn: async () => {
      const { ref, ...rest } = toValue(place);
      try {
        return await body(
          api.GET('/api/v2/projects/{owner}/{name}/readme', {
            params: { path: params(rest), query: { ref } },
          }),
        );
      } catch (error) {
        if ((error as { code?: string }).code === 'readme_missing') return null;
        throw error;
      }
    },
    enabled: () => toValue(place).ref !== '' && toValue(place).path === '',
    staleTime: () => freshFor(toValue(place).ref),
  });
}

/** The newest commit that touched the path. */
export function lastCommitQuery(place: Place) {
  return queryOptions({
    queryKey: computed(() => {
      const now = toValue(place);
      return [...key(now), 'last', now.ref, now.path];
    }),
    queryFn: async () => (await fetchCommits(toValue(place), undefined, 1)).items[0] ?? null,
    enabled: () => toValue(place).ref !== '',
  });
}

export function historyQuery(place: Place) {
  return infiniteQueryOptions({
    queryKey: computed(() => {
      const now = toValue(place);
      return [...key(now), 'history', now.ref, now.path];
    }),
    queryFn: ({ pageParam }) => fetchCommits(toValue(place), pageParam, HISTORY_PAGE),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: () => toValue(place).ref !== '',
  });
}

function fetchCommits(place: CodePlace, after: string | undefined, limit: number) {
  const query = {
    ref: place.ref,
    limit: String(limit),
    ...(place.path === '' ? {} : { path: place.path }),
    ...(after === undefined ? {} : { after }),
  };
  return body(
    api.GET('/api/v2/projects/{owner}/{name}/commits', {
      params: { path: params(place), query },
    }),
  );
}

export function commitQuery(repository: MaybeRefOrGetter<Repository & { id: string }>) {
  return queryOptions({
    queryKey: computed(() => [...key(toValue(repository)), 'commit', toValue(repository).id]),
    queryFn: () => {
      const { id, ...rest } = toValue(repository);
      return body(
        api.GET('/api/v2/projects/{owner}/{name}/commits/{commit}', {
          params: { path: { ...params(rest), commit: id } },
        }),
      );
    },
    staleTime: Infinity,
  });
}

export function commitFiles(repository: Repository, commit: NewCommit) {
  return body(
    api.POST('/api/v2/projects/{owner}/{name}/commits', {
      params: { path: params(repository) },
      body: commit,
    }),
  );
}

export function createBranch(repository: Repository, name: string, from: string) {
  return body(
    api.POST('/api/v2/projects/{owner}/{name}/branches', {
      params: { path: params(repository) },
      body: { name, from },
    }),
  );
}

export function deleteBranch(repository: Repository, ref: string) {
  return body(
    api.DELETE('/api/v2/projects/{owner}/{name}/branches/{ref}', {
      params: { path: { ...params(repository), ref } },
    }),
  );
}

/** After a commit or a change of branches: everything that was read of the code is asked again. */
export function forgetCode(client: QueryClient, repository: Repository): Promise<void> {
  return client.invalidateQueries({ queryKey: key(repository) });
}

export function rawUrl({ owner, project, ref, path }: CodePlace): string {
  const base = `/api/v2/projects/${encodePath(`${owner}/${project}`)}`;
  return `${base}/raw/${encodeURIComponent(ref)}/${encodePath(path)}`;
}

export function archiveUrl({ owner, project }: Repository, ref: string): string {
  return `/api/v2/projects/${encodePath(`${owner}/${project}`)}/archive/${encodeURIComponent(ref)}`;
}
