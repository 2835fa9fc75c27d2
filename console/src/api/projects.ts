// Projects, their members, and the ways a project comes to be.
import { infiniteQueryOptions, queryOptions } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { language } from '@/i18n';
import { encodePath } from '@/lib/code/encode-path';
import { api, body, fetchRaw } from './client';
import { keys } from './queries';
import type { NewProject, Project, ProjectChange, Role } from './types';

type Value<T> = MaybeRefOrGetter<T>;
type Path = Pick<Project, 'owner' | 'name'>;

const PAGE = 30;

export function projectPagesQuery(search: Value<string>, mine: Value<boolean>) {
  return infiniteQueryOptions({
    queryKey: computed(() => [...keys.projects, 'pages', toValue(search), toValue(mine)]),
    queryFn: ({ pageParam }) => {
      const query = {
        limit: String(PAGE),
        ...(toValue(search) === '' ? {} : { search: toValue(search) }),
        ...(toValue(mine) ? { mine: 'true' } : {}),
        ...(pageParam === undefined ? {} : { after: pageParam }),
      };
      return body(api.GET('/api/v2/projects', { params: { query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function examplesQuery() {
  return queryOptions({
    queryKey: computed(() => ['examples', language.value]),
    queryFn: () => body(api.GET('/api/v2/examples')),
    staleTime: Infinity,
  });
}

export function membersQuery(owner: Value<string>, name: Value<string>) {
  return queryOptions({
    queryKey: computed(() => [...keys.project(toValue(owner), toValue(name)), 'members']),
    queryFn: () => {
      const path = { owner: toValue(owner), name: toValue(name) };
      return body(api.GET('/api/v2/projects/{owner}/{name}/members', { params: { path } }));
    },
  });
}

export function createProject(project: NewProject): Promise<Project> {
  return body(api.POST('/api/v2/projects', { body: project }));
}

export function changeProject(path: Path, change: ProjectChange): Promise<Project> {
  return body(
    api.PATCH('/api/v2/projects/{owner}/{name}', { params: { path: only(path) }, body: change }),
  );
}

export function deleteProject(path: Path, confirm: string): Promise<unknown> {
  const params = { path: only(path), query: { confirm } };
  return body(api.DELETE('/api/v2/projects/{owner}/{name}', { params }));
}

export function forkProject(
  path: Path,
  fork: { name: string; private: boolean },
): Promise<Project> {
  return body(
    api.POST('/api/v2/projects/{owner}/{name}/fork', { params: { path: only(path) }, body: fork }),
  );
}

export function transferProject(path: Path, owner: string): Promise<Project> {
  return body(
    api.POST('/api/v2/projects/{owner}/{name}/transfer', {
      params: { path: only(path) },
      body: { owner },
    }),
  );
}

export function setMember(path: Path, user: string, role: Role): Promise<unknown> {
  return body(
    api.PUT('/api/v2/projects/{owner}/{name}/members/{user}', {
      params: { path: { ...only(path), user } },
      body: { role },
    }),
  );
}

export function removeMember(path: Path, user: string): Promise<unknown> {
  const params = { path: { ...only(path), user } };
  return body(api.DELETE('/api/v2/projects/{owner}/{name}/members/{user}', { params }));
}

export function leaveProject(path: Path): Promise<unknown> {
  return body(api.POST('/api/v2/projects/{owner}/{name}/leave', { params: { path: only(path) } }));
}

/** The files of a zip become one commit. The file is sent as it is, never read into memory here. */
export async function putArchive(
  path: Path,
  zip: File,
  branch: string,
  message: string,
): Promise<void> {
  const query = new URLSearchParams({ branch, message });
  await fetchRaw(`/api/v2/projects/${encodePath(`${path.owner}/${path.name}`)}/archive?${query}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/zip' },
    body: zip,
  });
}

function only({ owner, name }: Path): Path {
  return { owner, name };
}
